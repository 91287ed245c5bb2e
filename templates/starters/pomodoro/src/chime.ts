const NOTES_HZ = [523.25, 659.25, 783.99]

/** Three soft notes. A browser that allows no sound stays silent. */
export async function chime() {
  if (!("AudioContext" in window)) return
  const context = new AudioContext()
  const volume = context.createGain()
  volume.gain.value = 0.15
  volume.connect(context.destination)
  NOTES_HZ.forEach((frequency, index) => {
    const tone = context.createOscillator()
    const at = context.currentTime + index * 0.22
    tone.frequency.value = frequency
    tone.connect(volume)
    tone.start(at)
    tone.stop(at + 0.2)
    if (index === NOTES_HZ.length - 1) tone.onended = () => void context.close()
  })
}
