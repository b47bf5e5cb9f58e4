// What the browser keeps for a site: token, conversation, chosen language. Where it refuses storage, the page's memory does.
export class Keep {
  constructor(siteKey) {
    this.name = `consult-chat:${siteKey}`;
    this.memory = {};
    this.refused = false;
  }

  // Never both: what another tab has cleared must not come back from this one's memory.
  get all() {
    try {
      if (!this.refused) return JSON.parse(localStorage.getItem(this.name)) || {};
    } catch { /* the memory has it */ }
    return this.memory;
  }

  get(key) {
    return this.all[key];
  }

  set(values) {
    this.memory = { ...this.all, ...values };
    try {
      localStorage.setItem(this.name, JSON.stringify(this.memory));
      this.refused = false;
    } catch {
      this.refused = true;
    }
  }

  clear() {
    this.memory = {};
    try {
      localStorage.removeItem(this.name);
    } catch { /* nothing was kept */ }
  }

  // Of this tab only.
  get wasOpen() {
    try {
      return sessionStorage.getItem(this.name) === "open";
    } catch {
      return false;
    }
  }

  set wasOpen(open) {
    try {
      if (open) sessionStorage.setItem(this.name, "open");
      else sessionStorage.removeItem(this.name);
    } catch { /* it then starts closed */ }
  }
}

export function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
