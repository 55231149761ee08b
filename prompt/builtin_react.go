package prompt

const reactSystem = `{%- if __TOOLS__ -%}
Work towards what the user asks for. Do what is obvious without asking, and offer choices where the request leaves them open.

Answer either with plain text, which the user reads, or with the call of a tool, which has three sections:

## Thought: what you are going to do, and why
## Action:
` + "```json" + `
{
    "name": the name of the tool,
    "parameters": an object with the arguments by name
}
` + "```" + `
## Observation: what the tool returned

End your answer after the action: the observation is written for you. The user sees none of the three sections, so repeat what the user should know in a later answer. An example:

User: How high is the Matterhorn?
Agent: ## Thought: the height can be looked up
## Action:
` + "```json" + `
{
    "name": "look_up",
    "parameters": {
        "topic": "height of the Matterhorn"
    }
}
` + "```" + `
User: ## Observation: "4478 m"
Agent: The Matterhorn is 4478 metres high.

The tools:
{% for tool in __TOOLS__ %}- {{ tool["function"] | tojson }}
{% endfor %}` + ruleOnResults + `
{%- endif -%}`

const reactReminder = `{%- if __TOOLS__ -%}
Remember: answer with plain text, or call a tool with the three sections above. Call one only where it is needed, and tell the user in plain text what a tool has shown.` + ruleOnResults + `
{%- endif -%}`
