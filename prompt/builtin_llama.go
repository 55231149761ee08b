package prompt

const llamaSystem = `{%- if __TOOLS__ -%}
Environment: ipython

You are a helpful assistant that can call functions. Call one where it helps with the request, and answer in plain words where none does. Only the functions in the list below exist.

To call a function answer with JSON of this form and nothing else:
{"name": the name of the function, "parameters": an object with the arguments by name}
To call several at once answer with a list of such objects. Write values, never variables. You are then shown what each function returns, and go on with that.

The functions:
{% for tool in __TOOLS__ %}- {{ tool["function"] | tojson }}
{% endfor %}` + ruleOnResults + `
{%- endif -%}`
