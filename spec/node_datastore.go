package spec

import "github.com/wayflow-go/wayflow/value"

// DatastoreCollection is what the datastore nodes work on. All of them belong to the extension.
type DatastoreCollection struct {
	// Datastore has the collection.
	Datastore Datastore `spec:"datastore,required"`
	// CollectionName is the name of the collection. It may be a template, whose variables are inputs.
	CollectionName string `spec:"collection_name,required"`
}

// DatastoreCreateNode adds an entity; spelled PluginDatastoreCreateNode.
type DatastoreCreateNode struct {
	NodeBase
	DatastoreCollection
	// EntityPort and CreatedEntityPort are port names that the reference writes into documents by mistake; they are kept.
	EntityPort        string `spec:"ENTITY,nonzero,default=entity"`
	CreatedEntityPort string `spec:"CREATED_ENTITY,nonzero,default=created_entity"`
}

// DatastoreListNode outputs the entities that fit; spelled PluginDatastoreListNode.
type DatastoreListNode struct {
	NodeBase
	DatastoreCollection
	// Where gives values that properties of an entity must have; nil means all entities. Keys and texts may be templates.
	Where *value.Object `spec:"where,required,nullable"`
	// Limit bounds the number of entities; nil does not.
	Limit *int `spec:"limit,required,nullable"`
	// UnpackSingleEntityFromList makes the output the one entity found; Limit must be 1 then. Nil means false.
	UnpackSingleEntityFromList *bool `spec:"unpack_single_entity_from_list,required,nullable"`
	// EntitiesPort is a port name that the reference writes into documents by mistake; it is kept.
	EntitiesPort string `spec:"ENTITIES,nonzero,default=entities"`
}

func (n *DatastoreListNode) check(report func(key, problem string)) {
	unpack := n.UnpackSingleEntityFromList != nil && *n.UnpackSingleEntityFromList
	if unpack && (n.Limit == nil || *n.Limit != 1) {
		report("limit", "must be 1 where unpack_single_entity_from_list is true")
	}
}

// DatastoreUpdateNode changes the entities that fit and outputs them; spelled PluginDatastoreUpdateNode.
type DatastoreUpdateNode struct {
	NodeBase
	DatastoreCollection
	// Where gives values that properties of an entity must have. Keys and texts may be templates.
	Where *value.Object `spec:"where,required"`
	// EntitiesPort and UpdatePort are port names that the reference writes into documents by mistake; they are kept.
	EntitiesPort string `spec:"ENTITIES,nonzero,default=entities"`
	UpdatePort   string `spec:"UPDATE,nonzero,default=update"`
}

// DatastoreDeleteNode deletes the entities that fit; spelled PluginDatastoreDeleteNode.
type DatastoreDeleteNode struct {
	NodeBase
	DatastoreCollection
	// Where gives values that properties of an entity must have. Keys and texts may be templates.
	Where *value.Object `spec:"where,required"`
}

// DatastoreQueryNode runs an SQL query and outputs its rows; spelled PluginDatastoreQueryNode.
type DatastoreQueryNode struct {
	NodeBase
	// Datastore answers the query.
	Datastore RelationalDatastore `spec:"datastore,required"`
	// Query has bind variables such as :id. It cannot be a template.
	Query string `spec:"query,required"`
	// ResultPort is a port name that the reference writes into documents by mistake; it is kept.
	ResultPort string `spec:"RESULT,nonzero,default=result"`
}

// SearchNode outputs the entities of a collection that are nearest in meaning to its input query; spelled PluginSearchNode.
// The reference has such a step but no component for it, so only this runtime knows it.
type SearchNode struct {
	NodeBase
	DatastoreCollection
	// K is how many entities to find; 0 means 3.
	K int `spec:"k,nonzero,default=3"`
	// SearchConfig is the name of the search configuration of the datastore to use; nil means the one that fits best.
	SearchConfig *string `spec:"search_config"`
	// Where gives values that properties of an entity must have; nil means all entities. Keys and texts may be templates.
	Where *value.Object `spec:"where"`
	// ColumnsToExclude are properties to leave out of what was found.
	ColumnsToExclude []string `spec:"columns_to_exclude"`
}

func (n *SearchNode) check(report func(key, problem string)) {
	if n.K < 0 {
		report("k", "must be 1 or more")
	}
}
