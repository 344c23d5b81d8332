// Runs in the page: parses and draws Adaptive Cards with Microsoft's renderer, and says what it found.

const { AdaptiveCard, HostConfig, SerializationContext, Versions } = window.AdaptiveCards;

// What is read as Markdown is marked, so that a test sees what people's text would be subject to.
AdaptiveCard.onProcessMarkdown = (text, result) => {
  const marked = document.createElement("span");
  marked.className = "markdown";
  marked.textContent = text;
  result.outputHtml = marked.outerHTML;
  result.didProcess = true;
};

// A test of its own looks at these.
window.AdaptiveCards.GlobalSettings.useMarkdownInRadioButtonAndCheckbox = false;

const HOST = new HostConfig({
  fontFamily: "Segoe UI, Arial, sans-serif",
  supportsInteractivity: true,
  actions: { maxActions: 6, actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8, showCard: { actionMode: "inline" } },
  containerStyles: {
    default: { foregroundColors: { default: { default: "#242424", subtle: "#616161" }, attention: { default: "#c4314b", subtle: "#c4314b" } } },
    emphasis: { backgroundColor: "#f0f0f0", foregroundColors: { default: { default: "#242424", subtle: "#616161" } } },
  },
});

const STYLES = `
  body { margin: 0; padding: 12px; background: #ebebeb; columns: 3 460px; column-gap: 12px; font-family: "Segoe UI", Arial, sans-serif; }
  .card { background: #fff; border-radius: 6px; padding: 4px; margin-bottom: 12px; break-inside: avoid; }
  .ac-actionSet > div { flex-wrap: wrap !important; row-gap: 8px; }
  .ac-pushButton { padding: 6px 12px; border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; font-weight: 600; }
  .ac-pushButton.style-positive { background: #5b5fc7; color: #fff; }
  .ac-pushButton.style-destructive { color: #c4314b; }
  input, textarea, select { font: inherit; max-width: 100%; }
`;

function events(context) {
  return Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
}

/** Draws each card under the last one; returns what the parser objected to, and what can be read of each. */
window.draw = (cards) => {
  document.body.replaceChildren(Object.assign(document.createElement("style"), { textContent: STYLES }));
  return cards.map((payload) => {
    const context = new SerializationContext(Versions.v1_5);
    const card = new AdaptiveCard();
    card.hostConfig = HOST;
    card.parse(payload, context);
    const objections = [...events(context), ...card.validateProperties().validationEvents.map((one) => one.message)];
    const drawn = card.render();
    drawn.classList.add("card");
    document.body.append(drawn);
    return {
      objections,
      text: drawn.innerText,
      markdown: [...drawn.querySelectorAll(".markdown")].map((one) => one.textContent),
      tags: [...new Set([...drawn.querySelectorAll("*")].map((one) => one.tagName.toLowerCase()))],
    };
  });
};
