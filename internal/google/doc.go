// Package google reaches Google's models with Google's official client: by the Gemini API with a key of AI Studio, or by
// Vertex AI with credentials of Google's cloud. Packages model/gemini and embed/gemini ask through it.
//
// # What the official client does, and what is done here
//
// The client knows where the models are (the names of models and locations, the two services, their versions), and writes
// the headers. Its retries are off, because the document's policy rules. Bodies of requests are written by the two packages
// and handed to it, because its own way through maps would round long integers and lose the order of keys. Answers are
// taken from it as they come off the wire, see [Client.Send], because it cannot tell a broken stream from a finished one,
// prints to the standard logger what goes wrong, and reads each event three times. And tokens for Vertex AI are fetched
// here with Google's auth package, through the same transport as the requests.
//
// Nothing is read from the environment but GEMINI_API_KEY, GOOGLE_CLOUD_PROJECT and, where a configuration asks for it by
// naming no credentials, what Google calls the application default credentials. Keys and credentials that are not the
// configuration's own go to Google only, unless [Options.ShareKey] says otherwise. Redirects are not followed.
package google
