// Package search finds entities by meaning: texts become vectors, and those nearest to the vector of what is looked for
// are found (the reference's search of datastores; in documents search_configs and vector_configs of a datastore).
//
//	store, err := search.Open(config, embedder)        // a datastore in memory that can search
//	rows, err := store.Search(ctx, datastore.Search{Query: "a quiet cat", Collection: "pets", K: 3})
//
// An [Index] holds vectors and compares all of them, so it always finds the nearest; BenchmarkNearest says what that takes
// for 100,000 vectors. A [Datastore] keeps entities in memory, and their vectors in an index. [Config.Pick] chooses how to
// search, for datastores of other kinds too.
//
// The package makes no vectors; package embed asks the models that do.
package search
