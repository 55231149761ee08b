package gemini

import (
	"strings"

	"github.com/wayflow-go/wayflow/internal/exchange"
	"github.com/wayflow-go/wayflow/model"
	"github.com/wayflow-go/wayflow/value"
)

// withheld are the reasons (https://ai.google.dev/api/generate-content#FinishReason) for which Google keeps an answer to
// itself.
var withheld = map[string]bool{
	"SAFETY": true, "RECITATION": true, "BLOCKLIST": true, "PROHIBITED_CONTENT": true, "SPII": true, "MODEL_ARMOR": true,
	"IMAGE_SAFETY": true, "IMAGE_PROHIBITED_CONTENT": true, "IMAGE_RECITATION": true, "content_filter": true,
}

// unfinished is the error of an answer that ended for another reason than that it was complete or as long as allowed, or
// nil. A reason that is new to this package only counts if nothing came.
func unfinished(finish, why string, answered bool) *model.Error {
	switch {
	case finish == "STOP", finish == "MAX_TOKENS", finish == "":
		return nil
	case withheld[finish]:
		e := exchange.Filtered(joined("the content filter withheld the answer, for the reason "+finish, why))
		e.Code = finish
		return e
	case answered && !broken[finish]:
		return nil
	}
	return &model.Error{
		Kind: model.KindIncomplete, Code: finish, Message: joined("the model ended its answer with "+finish, why),
		Hint: "try again; if it stays so, simplify the prompt and the schemas of the tools",
	}
}

// broken are the reasons for which what came is not to be used.
var broken = map[string]bool{
	"MALFORMED_FUNCTION_CALL": true, "UNEXPECTED_TOOL_CALL": true, "TOO_MANY_TOOL_CALLS": true, "MALFORMED_RESPONSE": true,
	"MISSING_THOUGHT_SIGNATURE": true, "CONTINUATION": true,
}

// blocked is the error of a prompt that Google refuses to answer.
func blocked(feedback value.Value) *model.Error {
	reason := feedback.Get("blockReason").Str()
	e := exchange.Filtered(joined("the content filter blocked the prompt, for the reason "+reason, feedback.Get("blockReasonMessage").Str()))
	e.Code = reason
	return e
}

func joined(text, more string) string { return strings.TrimSuffix(text+": "+more, ": ") }
