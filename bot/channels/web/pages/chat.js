"use strict";

// The widget leaves its page alone; this page is only there for it, and follows its language.
document.addEventListener("consult:language", ({ detail }) => { document.documentElement.lang = detail.language; });
