// The pushes of the server: one socket, made anew with growing pauses when it falls. Whole states come over it, so
// that nothing has to be caught up; a state older than the one shown is dropped.

const PAUSES = [300, 800, 2000, 4000, 8000];
const SILENCE = 45_000;
const LOGGED_OUT = 4401;

export class Live extends EventTarget {
  constructor() {
    super();
    this.state = null;
    this.connected = false;
    this.tries = 0;
    this.wanted = false;
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.drop());
  }

  open() {
    this.wanted = true;
    this.state = null;
    this.connect();
  }

  close() {
    this.wanted = false;
    clearTimeout(this.again);
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    this.connected = false;
    socket?.close();
  }

  // Takes a state from the socket or from an answer of the API; late ones are dropped.
  take(state) {
    if (this.state && state.version < this.state.version) return;
    this.skew = Date.parse(state.at) - Date.now();
    this.state = state;
    this.tell("state");
  }

  now() {
    return Date.now() + (this.skew ?? 0);
  }

  connect() {
    clearTimeout(this.again);
    const url = new URL("/api/desk/socket", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.addEventListener("open", () => this.opened(socket));
    socket.addEventListener("message", (message) => socket === this.socket && this.heard(JSON.parse(message.data)));
    socket.addEventListener("close", (close) => this.closed(socket, close.code));
  }

  opened(socket) {
    if (socket !== this.socket) return;
    this.tries = 0;
    this.connected = true;
    this.listenFor(socket);
    this.tell("link");
  }

  heard(message) {
    this.listenFor(this.socket);
    if (message.type === "state") this.take(message.state);
    else this.tell(message.type, message.id);
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    clearTimeout(this.silence);
    const was = this.connected;
    this.socket = null;
    this.connected = false;
    if (!this.wanted) return;
    if (code === LOGGED_OUT) {
      this.tell("logged-out");
      return;
    }
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    if (was || this.tries === 1) this.tell("link");
    this.again = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  // The server speaks at least every 20 seconds; a link that is silent for longer is dead, whatever the browser says.
  listenFor(socket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => socket === this.socket && this.drop(), SILENCE);
  }

  // Does not wait for a closing handshake that may never come.
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.closed(socket, 1006);
    socket.close();
  }

  hurry() {
    if (this.wanted && !this.connected) this.connect();
  }

  tell(type, id = null) {
    this.dispatchEvent(new CustomEvent(type, { detail: id }));
  }
}
