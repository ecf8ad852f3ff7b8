// The page of the API: drawn from the schema, tried out with one's session or a token.
"use strict";

const place = document.getElementById("docs");

function token() {
  const found = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return found ? found.slice("csrftoken=".length) : "";
}

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  displayOperationId: true,
  filter: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  requestInterceptor(request) {
    // A session is believed only with the page's token; a bearer token needs none.
    if (!["GET", "HEAD"].includes(request.method || "GET")) request.headers["X-CSRFToken"] = token();
    return request;
  },
});
