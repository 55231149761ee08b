package prompt

const pythonSystem = `{%- if __TOOLS__ -%}
You compose calls of functions. Call those that the request needs. If none of them helps, or an argument is not known, say so in plain words.

To call functions answer with a list of calls as Python writes them, and nothing else:
[first_function(first_argument="value", second_argument=2), second_function()]
You are then shown what each function returns. Go on calling until the request is done; an answer without calls ends your turn.

The functions:
{% for tool in __TOOLS__ %}- {{ tool["function"] | tojson }}
{% endfor %}` + ruleOnResults + `
{%- endif -%}`
