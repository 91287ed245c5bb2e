// What a page shows: its text, and the computed styles of marked elements as far as they differ from an unstyled element's.
async () => {
  const signature = () => document.body.innerText + document.querySelectorAll('*').length + [...document.images].every((image) => image.complete) + document.fonts.status + performance.getEntriesByType('resource').length
  for (let still = 0, last = '', tries = 0; still < 8 && tries < 160; tries++) {
    await new Promise((done) => setTimeout(done, 50))
    const now = signature()
    still = now === last ? still + 1 : 0
    last = now
  }
  const frame = Object.assign(document.createElement('iframe'), { style: 'position:fixed;left:-9999px;width:800px;height:600px' })
  const marked = [...document.querySelectorAll('[data-mark]')]
  const read = (style) => Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]))
  const styles = marked.map((element) => read(getComputedStyle(element)))
  const pseudos = marked.map((element) => ['::before', '::after'].map((which) => getComputedStyle(element, which).content).join(' '))
  document.documentElement.append(frame)
  const blank = frame.contentDocument
  const plain = new Map()
  const usual = (element) => {
    const key = element.namespaceURI + element.localName
    if (!plain.has(key)) {
      const own = blank.createElementNS(element.namespaceURI, element.localName)
      blank.body.append(own)
      plain.set(key, read(blank.defaultView.getComputedStyle(own)))
    }
    return plain.get(key)
  }
  const clean = (value) => value.replace(/url\((?:"[^"]*"|[^)]*)\)/g, 'url()').replace(/okl(?:ab|ch)\([^)]*\)/g, (colour) => colour.replace(/\d*\.\d+/g, (number) => Number(number).toFixed(3)))
  const seen = marked.map((element, i) => {
    const than = usual(element)
    const own = Object.entries(styles[i]).filter(([name, value]) => value !== than[name] && !name.startsWith('--'))
      .map(([name, value]) => [name, name === 'animation-name' ? 'named' : clean(value)])
    return { is: element.localName, ...Object.fromEntries(own), pseudos: clean(pseudos[i]) }
  })
  frame.remove()
  const text = (document.title + '\n' + document.body.innerText).replace(/[ \t]+/g, ' ').trim()
  const byMode = document.querySelector('[data-mode]') !== null
  return { text, styles: seen, byMode }
}
