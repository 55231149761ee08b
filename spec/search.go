package spec

import "github.com/wayflow-go/wayflow/value"

// SearchConfig is a way to search a datastore, known by its name; spelled PluginSearchConfig.
type SearchConfig struct {
	ComponentBase
	// Retriever is how to search.
	Retriever *VectorRetrieverConfig `spec:"retriever,required"`
}

// VectorRetrieverConfig finds entities by how near their vectors are; spelled PluginVectorRetrieverConfig.
type VectorRetrieverConfig struct {
	ComponentBase
	// Vectors are the vectors to search. Nothing means those of the collection.
	Vectors VectorSource `spec:"vectors,required,nullable"`
	// Model turns what is looked for into a vector; nil means the model of Vectors.
	Model EmbeddingConfig `spec:"model,required,nullable"`
	// CollectionName is the collection to search; nil means any.
	CollectionName *string `spec:"collection_name,required,nullable"`
	// DistanceMetric is how nearness is measured, such as cosine_distance.
	DistanceMetric string `spec:"distance_metric,required"`
	// IndexParams are those of the database's vector index.
	IndexParams *value.Object `spec:"index_params,default={}"`
}

// VectorSource names the vectors to search: by the name of their property, or by their configuration.
type VectorSource struct {
	Name   *string
	Config *VectorConfig
}

func (s *VectorSource) decodeSpec(in specInput) {
	if in.kind() == stringNode {
		in.decode(&s.Name)
		return
	}
	in.decode(&s.Config)
}

func (s VectorSource) encodeSpec() any {
	switch {
	case s.Config != nil:
		return s.Config
	case s.Name != nil:
		return *s.Name
	default:
		return nil
	}
}

// VectorConfig says which property of the entities of a collection is their vector, and what model makes it; spelled
// PluginVectorConfig.
type VectorConfig struct {
	ComponentBase
	// Model makes the vectors; nil leaves that to the retriever.
	Model EmbeddingConfig `spec:"model,required,nullable"`
	// CollectionName is the collection; nil means any.
	CollectionName *string `spec:"collection_name,required,nullable"`
	// VectorProperty is the property of the entities that is their vector; nil means the only one there is.
	VectorProperty *string `spec:"vector_property,required,nullable"`
}

// SearchToolBox has a tool for each searchable collection of a datastore; spelled PluginSearchToolBox.
type SearchToolBox struct {
	ToolBoxBase
	// CollectionNames nil means all.
	CollectionNames []string `spec:"collection_names,required,nullable"`
	// K is the number of entities to find.
	K int `spec:"k,required"`
	// Datastore is what is searched.
	Datastore Datastore `spec:"datastore,required"`
	// SearchConfigs are the names of the search configurations of the datastore to use. A collection for which none of them is
	// gets the one that suits it best.
	SearchConfigs []string `spec:"search_configs,required,nullable"`
}
