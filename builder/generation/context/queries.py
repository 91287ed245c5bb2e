"""Where the parsers' trees hold what an outline names: queries of tree-sitter, by grammar."""

from __future__ import annotations

from typing import Final

GRAMMAR_OF: Final = {
    **dict.fromkeys(("ts", "mts", "cts"), "typescript"),
    **dict.fromkeys(("tsx", "jsx", "js", "mjs", "cjs"), "tsx"),
    **dict.fromkeys(("html", "htm", "vue", "svelte"), "html"),
    "css": "css",
    "py": "python",
    "go": "go",
    "java": "java",
}
METHODS: Final = frozenset({"get", "post", "put", "patch", "delete", "all", "use", "route", "websocket"})
FIRST_ARGUMENT_IS_PATH: Final = frozenset({"all", "use", "route", "websocket"})
"""Registrations that name no method of HTTP (Flask's `route`, Express's `all` and `use`, FastAPI's `websocket`)."""

_SCRIPT: Final = """
(import_statement source: (string (string_fragment) @imports))
(export_statement source: (string (string_fragment) @imports))
(call_expression function: (import) arguments: (arguments (string (string_fragment) @imports)))
(call_expression function: (identifier) @_require arguments: (arguments . (string (string_fragment) @imports))
  (#eq? @_require "require"))
(call_expression function: (member_expression object: (meta_property) property: (property_identifier) @_glob)
  arguments: (arguments . [(string (string_fragment) @imports) (array (string (string_fragment) @imports))])
  (#eq? @_glob "glob"))
(program (export_statement "default" @exports))
(program (export_statement declaration: (_ name: (_) @exports)))
(program (export_statement declaration: (_ (variable_declarator name: (identifier) @exports))))
(program (export_statement (export_clause (export_specifier name: (identifier) @exports))))
(call_expression function: (member_expression)
  arguments: (arguments . (string (string_fragment)))) @routed
(pair key: (property_identifier) @_path value: (string (string_fragment) @pages) (#eq? @_path "path"))
(string (string_fragment) @addresses (#match? @addresses "^/api"))
(template_string . (string_fragment) @addresses (#match? @addresses "^/api"))
"""
QUERIES: Final = {
    "typescript": _SCRIPT,
    "tsx": _SCRIPT
    + """
(jsx_text) @texts
(jsx_attribute (property_identifier) @_name (string (string_fragment) @texts)
  (#any-of? @_name "aria-label" "title" "placeholder" "label" "alt"))
(jsx_attribute (property_identifier) @_at (string (string_fragment) @pages) (#eq? @_at "path"))
""",
    "python": """
(import_statement) @sources
(import_from_statement) @sources
(module (function_definition name: (identifier) @exports))
(module (class_definition name: (identifier) @exports))
(module (decorated_definition definition: (_ name: (identifier) @exports)))
(module (expression_statement (assignment left: (identifier) @exports)))
(decorator (call function: (attribute) arguments: (argument_list . (string (string_content)))) @routed)
(keyword_argument name: (identifier) @_prefix value: (string (string_content) @prefixes)
  (#any-of? @_prefix "prefix" "url_prefix"))
""",
    "html": """
(attribute (attribute_name) @_from (quoted_attribute_value (attribute_value) @imports)
  (#any-of? @_from "src" "href"))
(attribute (attribute_name) @_name (quoted_attribute_value (attribute_value) @texts)
  (#any-of? @_name "aria-label" "title" "placeholder" "alt"))
(text) @texts
(script_element (raw_text) @scripts)
""",
    "css": """
(import_statement (string_value) @imports)
(import_statement (call_expression (arguments (string_value) @imports)))
(stylesheet (rule_set (selectors . (class_selector (class_name) @exports))))
""",
    "go": """
(import_spec path: (interpreted_string_literal) @imports)
(function_declaration name: (identifier) @exports (#match? @exports "^[A-Z]"))
(type_spec name: (type_identifier) @exports (#match? @exports "^[A-Z]"))
(call_expression function: (selector_expression field: (field_identifier) @_handled)
  arguments: (argument_list . (interpreted_string_literal) @pages) (#any-of? @_handled "HandleFunc" "Handle"))
""",
    "java": """
(import_declaration (scoped_identifier) @imports)
(class_declaration name: (identifier) @exports)
(interface_declaration name: (identifier) @exports)
(record_declaration name: (identifier) @exports)
""",
}
