// Every word of the widget, a catalogue a language. Answers, titles and quotes come from the server as they are.
export const TEXTS = {
  en: {
    tongue: "English",
    heading: "Consultation assistant",
    launcher: "Ask a question",
    hello: "What would you like to know?",
    intro: "Ask about countries, policy, business law, procedures, markets, risk, finance and events. Every sentence of an answer has its source; what the documents do not say is not said.",
    automatic: "This is an automatic assistant (AI), not a person.",
    care: "Automatic answers: check sources.",
    privacy: "Privacy",
    example: "For example",
    log: "Conversation",
    ask: "Your question",
    send: "Send",
    stop: "Stop",
    close: "Close",
    language: "Language",
    fresh: "New conversation",
    remove: "Delete chat",
    sure: "Delete for good?",
    removed: "The conversation has been deleted.",
    latest: "To the newest message",
    you: "You asked:",
    answering: "Answering…",
    searching: "Looking through the documents…",
    writing: "Writing; each sentence is then checked against its source…",
    reconnecting: "The connection was lost. Reconnecting…",
    sources: { one: "{n} source", other: "{n} sources" },
    source: "Source {n}: {title}",
    read: "Read in the document",
    publisher: "Publisher’s page",
    next: "You can also ask",
    not_covered: "Not in the documents",
    partial: "The documents cover a part of the question.",
    understood: "Understood as: {question}",
    superseded: "superseded",
    expired: "expired",
    not_yet_in_force: "not yet in force",
    disagreement: "sources disagree",
    dated: "check the date",
    helpful: "Helpful",
    unhelpful: "Not helpful",
    why: "What was wrong?",
    reasons: ["It is wrong", "It is outdated", "Not what I asked", "Something is missing"],
    more: "In your own words (optional)",
    thanks: "Thank you.",
    unsent: "This could not be sent. Please try again.",
    copy: "Copy",
    copied: "Copied",
    person: "Ask a person",
    retry: "Try again",
    wait: "Try again in {n} s",
    stopped: "Stopped.",
    offline: "The service cannot be reached. Your question is kept below.",
    late: "The service did not reply in time. Your question is kept below.",
    broken: "The answer could not be made. Please try again.",
    starting: "The documents are being opened…",
    indexing: "The documents are being read: {done} of {total}",
    failed: "The documents could not be opened.",
  },
  zh: {
    tongue: "中文",
    heading: "咨询助手",
    launcher: "提问",
    hello: "您想了解什么？",
    intro: "可咨询国别概况、政策、商事法律、办事流程、市场、风险、融资与活动。回答的每句话都注明出处，文件中没有的内容不作回答。",
    automatic: "这是自动助手（人工智能），并非真人。",
    care: "回答由系统自动生成，采取行动前请核对出处。",
    privacy: "隐私说明",
    example: "例如",
    log: "对话",
    ask: "请输入问题",
    send: "发送",
    stop: "停止",
    close: "关闭",
    language: "语言",
    fresh: "新对话",
    remove: "删除对话",
    sure: "确定永久删除？",
    removed: "对话已删除。",
    latest: "跳到最新消息",
    you: "您的问题：",
    answering: "正在作答……",
    searching: "正在查阅文件……",
    writing: "正在书写，随后逐句核对出处……",
    reconnecting: "连接中断，正在重新连接……",
    sources: { other: "{n} 个来源" },
    source: "来源 {n}：{title}",
    read: "在文件中阅读",
    publisher: "发布机构网页",
    next: "还可以问",
    not_covered: "文件中没有相关内容",
    partial: "文件只涵盖了问题的一部分。",
    understood: "理解为：{question}",
    superseded: "已被取代",
    expired: "已失效",
    not_yet_in_force: "尚未生效",
    disagreement: "来源说法不一",
    dated: "请核对日期",
    helpful: "有帮助",
    unhelpful: "没有帮助",
    why: "哪里不对？",
    reasons: ["内容有误", "内容过时", "答非所问", "内容不全"],
    more: "请补充说明（选填）",
    thanks: "感谢您的反馈。",
    unsent: "未能提交，请重试。",
    copy: "复制",
    copied: "已复制",
    person: "转人工咨询",
    retry: "重试",
    wait: "{n} 秒后重试",
    stopped: "已停止。",
    offline: "无法连接服务，您的问题已保留在下方。",
    late: "服务未能及时响应，您的问题已保留在下方。",
    broken: "未能作答，请重试。",
    starting: "正在打开文件……",
    indexing: "正在读取文件：{done} / {total}",
    failed: "文件无法打开。",
  },
  ru: {
    tongue: "Русский",
    heading: "Помощник-консультант",
    launcher: "Задать вопрос",
    hello: "Что вы хотите узнать?",
    intro: "Спрашивайте о странах, политике, деловом праве, процедурах, рынках, рисках, финансах и мероприятиях. У каждой фразы ответа есть источник; чего нет в документах, того нет и в ответе.",
    automatic: "Это автоматический помощник (ИИ), а не человек.",
    care: "Ответы составляются автоматически: сверяйтесь с источником.",
    privacy: "Конфиденциальность",
    example: "Например",
    log: "Беседа",
    ask: "Ваш вопрос",
    send: "Отправить",
    stop: "Остановить",
    close: "Закрыть",
    language: "Язык",
    fresh: "Новая беседа",
    remove: "Удалить беседу",
    sure: "Удалить навсегда?",
    removed: "Беседа удалена.",
    latest: "К последнему сообщению",
    you: "Ваш вопрос:",
    answering: "Готовлю ответ…",
    searching: "Просматриваю документы…",
    writing: "Пишу; затем каждая фраза сверяется с источником…",
    reconnecting: "Связь прервалась. Восстанавливаю…",
    sources: { one: "{n} источник", few: "{n} источника", many: "{n} источников", other: "{n} источника" },
    source: "Источник {n}: {title}",
    read: "Читать в документе",
    publisher: "Страница издателя",
    next: "Можно также спросить",
    not_covered: "В документах этого нет",
    partial: "Документы отвечают лишь на часть вопроса.",
    understood: "Понято так: {question}",
    superseded: "заменён",
    expired: "утратил силу",
    not_yet_in_force: "ещё не вступил в силу",
    disagreement: "источники расходятся",
    dated: "проверьте дату",
    helpful: "Полезно",
    unhelpful: "Не помогло",
    why: "Что не так?",
    reasons: ["Ответ неверен", "Сведения устарели", "Вопрос был о другом", "Чего-то не хватает"],
    more: "Своими словами (необязательно)",
    thanks: "Спасибо.",
    unsent: "Не удалось отправить. Попробуйте ещё раз.",
    copy: "Копировать",
    copied: "Скопировано",
    person: "Спросить человека",
    retry: "Повторить",
    wait: "Повторить через {n} с",
    stopped: "Остановлено.",
    offline: "Сервис недоступен. Ваш вопрос сохранён в поле ниже.",
    late: "Сервис не ответил вовремя. Ваш вопрос сохранён в поле ниже.",
    broken: "Не удалось составить ответ. Попробуйте ещё раз.",
    starting: "Документы открываются…",
    indexing: "Документы читаются: {done} из {total}",
    failed: "Не удалось открыть документы.",
  },
};

// Languages whose catalogue is fetched only when it is wanted.
export const FETCHED = { ar: "العربية" };

const FROM_THE_RIGHT = new Set(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);
export const primary = (tag) => String(tag || "").toLowerCase().split(/[-_]/)[0];
export const directionOf = (tag) => (FROM_THE_RIGHT.has(primary(tag)) ? "rtl" : "ltr");
export const isSpoken = (tag) => Object.hasOwn(TEXTS, primary(tag)) || Object.hasOwn(FETCHED, primary(tag));

// What a widget says, and to whom it said what: elements remember their words and change them with the language.
export class Speech {
  constructor() {
    this.language = "en";
    this.own = {};
  }

  say(key, values = {}) {
    let text = this.own[key] || (TEXTS[this.language] || TEXTS.en)[key] || TEXTS.en[key];
    if (typeof text === "object") text = text[new Intl.PluralRules(this.language).select(values.n)] || text.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  list(key) {
    return this.own[key] || (TEXTS[this.language] || TEXTS.en)[key];
  }

  // words: what -> key, [key, values], or a function of this speech; what: "text" or the name of an attribute.
  bind(element, words) {
    element.spoken = { ...element.spoken, ...words };
    element.setAttribute("data-spoken", "");
    this.utter(element);
  }

  utter(element) {
    for (const [what, word] of Object.entries(element.spoken || {})) {
      const text = typeof word === "function" ? word(this) : this.say(...[word].flat());
      if (what === "text") element.textContent = text;
      else element.setAttribute(what, text);
    }
  }

  utterAll(root) {
    for (const element of root.querySelectorAll("[data-spoken]")) this.utter(element);
  }

  date(iso) {
    const day = new Date(`${iso}T00:00:00Z`);
    if (!iso || Number.isNaN(day.getTime())) return iso || "";
    return new Intl.DateTimeFormat(this.language === "en" ? "en-GB" : this.language, { dateStyle: "long", timeZone: "UTC" }).format(day);
  }

  tongue(code) {
    try {
      return new Intl.DisplayNames([this.language], { type: "language" }).of(code);
    } catch {
      return code;
    }
  }
}
