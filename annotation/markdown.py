"""Markdown to HTML that may be shown: HTML in it is text, pictures are their words. Pure."""

from collections.abc import MutableMapping, Sequence
from functools import cache
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from annotation.highlighting import Keywords, marked

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "li", "mark"}
    | {"ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
NOTHING = Keywords()


def render(text: str, keywords: Keywords = NOTHING) -> str:
    """Return clean HTML, the keywords in <mark>. No picture is ever loaded from elsewhere."""
    return nh3.clean(
        _parser().render(text, {"keywords": keywords}),
        tags=set(TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("join_lines", _join_lines)
    for name, rule in (("text", _text), ("code_inline", _code), ("image", _image)):
        parser.add_render_rule(name, rule)
    return parser


def _join_lines(state: StateCore) -> None:
    """Make the words of a paragraph one text again, so that a phrase is found across lines."""
    for block in state.tokens:
        if block.children:
            block.children = _joined(block.children)


def _joined(tokens: Sequence[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in tokens:
        if token.type == "softbreak":
            token = Token("text", "", 0, content="\n", level=token.level)
        if token.type == "text" and joined and joined[-1].type == "text":
            joined[-1].content += token.content
        else:
            joined.append(token)
    return joined


def _text(
    renderer: Any, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    return marked(tokens[idx].content, env["keywords"])


def _code(
    renderer: Any, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    return f"<code>{marked(tokens[idx].content, env['keywords'])}</code>"


def _image(
    renderer: Any, tokens: Sequence[Token], idx: int, options: Any, env: MutableMapping[str, Any]
) -> str:
    words = renderer.renderInlineAsText(tokens[idx].children or [], options, env)
    return f"<em>{escape(words)}</em>"
