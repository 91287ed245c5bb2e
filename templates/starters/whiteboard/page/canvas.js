// The canvas: shows a board of 1600 × 1000 whole, whatever the size of the window.
const WIDE = 1600;
const HIGH = 1000;

export class Canvas {
  strokes = new Map();
  pointers = new Map();
  #canvas;
  #context;
  #waiting = false;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  #place() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = Math.min(width / WIDE, height / HIGH);
    return { scale, left: (width - WIDE * scale) / 2, top: (height - HIGH * scale) / 2 };
  }

  /** Where on the board a pointer is. */
  point(event) {
    const { scale, left, top } = this.#place();
    return [(event.clientX - left) / scale, (event.clientY - top) / scale];
  }

  /** Draw everything, at the next frame. */
  draw() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#paint();
    });
  }

  #paint() {
    const { scale, left, top } = this.#place();
    const dots = devicePixelRatio;
    const style = getComputedStyle(document.documentElement);
    const context = this.#context;
    this.#canvas.width = this.#canvas.clientWidth * dots;
    this.#canvas.height = this.#canvas.clientHeight * dots;
    context.setTransform(scale * dots, 0, 0, scale * dots, left * dots, top * dots);
    context.lineCap = context.lineJoin = "round";
    // `light-dark()` is resolved by whoever has the property as its colour.
    const probe = this.#canvas.style;
    const colours = {};
    for (const name of ["ink", "red", "blue", "green", "amber"]) {
      probe.color = style.getPropertyValue(`--${name}`);
      colours[name] = getComputedStyle(this.#canvas).color;
    }
    for (const { colour, width, points } of this.strokes.values()) {
      context.strokeStyle = colours[colour];
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(points[0], points[1]);
      for (let at = 2; at < points.length - 2; at += 2) {
        // Through the middles of the segments: the hand's corners become curves.
        context.quadraticCurveTo(points[at], points[at + 1], (points[at] + points[at + 2]) / 2, (points[at + 1] + points[at + 3]) / 2);
      }
      context.lineTo(points.at(-2), points.at(-1));
      context.stroke();
    }
    for (const { x, y, colour } of this.pointers.values()) {
      context.fillStyle = colours[colour] ?? colours.ink;
      context.beginPath();
      context.arc(x, y, 9, 0, 7);
      context.fill();
    }
  }
}
