package spec

import "github.com/wayflow-go/wayflow/value"

// Datastore keeps entities in collections (Agent Spec 26.1.2, "Datastore").
type Datastore interface {
	Component
	// Datastore returns what all datastores share.
	Datastore() *DatastoreBase
}

// DatastoreBase is what all datastores share.
type DatastoreBase struct {
	ComponentBase
	// DatastoreSchema gives for each collection the type of its entities, an object with properties.
	DatastoreSchema Dict[value.Property] `spec:"datastore_schema,required"`
}

// Datastore implements [Datastore].
func (d *DatastoreBase) Datastore() *DatastoreBase { return d }

func (d *DatastoreBase) check(report func(key, problem string)) {
	for _, c := range d.DatastoreSchema {
		if t := c.Value.Type; t == nil || t.Kind != value.TypeObject {
			report("datastore_schema", "the entities of collection \""+c.Key+"\" must be objects with properties")
		}
	}
}

// RelationalDatastore is a [Datastore] that understands SQL.
type RelationalDatastore interface {
	Datastore
	relational()
}

// DatastoreSearch is how a datastore can be searched by meaning. Only the extension has it.
type DatastoreSearch struct {
	// SearchConfigs are the ways to search, each with a name of its own.
	SearchConfigs []*SearchConfig `spec:"-" ext:"search_configs,default=[]"`
	// VectorConfigs say where the vectors of the collections are.
	VectorConfigs []*VectorConfig `spec:"-" ext:"vector_configs,default=[]"`
}

func (s *DatastoreSearch) extended() bool {
	return len(s.SearchConfigs) > 0 || len(s.VectorConfigs) > 0
}

// InMemoryCollectionDatastore keeps entities in the memory of the process. Spelled PluginInMemoryDatastore when it can
// be searched.
type InMemoryCollectionDatastore struct {
	DatastoreBase
	DatastoreSearch
}

// OracleDatabaseDatastore is an Oracle database. Spelled PluginOracleDatabaseDatastore when it can be searched.
type OracleDatabaseDatastore struct {
	DatastoreBase
	// ConnectionConfig says how to reach the database.
	ConnectionConfig OracleDatabaseConnectionConfig `spec:"connection_config,required"`
	DatastoreSearch
}

func (*OracleDatabaseDatastore) relational() {}

// OracleDatabaseConnectionConfig says how to connect to an Oracle database.
type OracleDatabaseConnectionConfig interface {
	Component
	// Oracle returns what all of them share.
	Oracle() *OracleConnection
}

// OracleConnection is what all connections to an Oracle database share.
type OracleConnection struct {
	ComponentBase
	// User and Password are those of the database account.
	User     string `spec:"user,required,sensitive"`
	Password string `spec:"password,required,sensitive"`
	// DSN is the connect string, or an alias of a tnsnames.ora.
	DSN string `spec:"dsn,required,sensitive"`
	// ConfigDir is where the tnsnames.ora is.
	ConfigDir *string `spec:"config_dir"`
	// Protocol is tcps or tcp, which does not encrypt; empty means tcps.
	Protocol string `spec:"protocol,nonzero,enum=tcp|tcps,default=tcps"`
}

// Oracle implements [OracleDatabaseConnectionConfig].
func (c *OracleConnection) Oracle() *OracleConnection { return c }

// TlsOracleDatabaseConnectionConfig is a connection by TLS.
type TlsOracleDatabaseConnectionConfig struct{ OracleConnection }

// MTlsOracleDatabaseConnectionConfig is a connection by TLS in which the client has a certificate, from a wallet.
type MTlsOracleDatabaseConnectionConfig struct {
	OracleConnection
	// WalletLocation is the directory of the wallet, WalletPassword opens it.
	WalletLocation string `spec:"wallet_location,required,sensitive"`
	WalletPassword string `spec:"wallet_password,required,sensitive"`
}

// PostgresDatabaseDatastore is a PostgreSQL database.
type PostgresDatabaseDatastore struct {
	DatastoreBase
	// ConnectionConfig says how to reach the database.
	ConnectionConfig PostgresDatabaseConnectionConfig `spec:"connection_config,required"`
}

func (*PostgresDatabaseDatastore) relational() {}

// PostgresDatabaseConnectionConfig says how to connect to a PostgreSQL database.
type PostgresDatabaseConnectionConfig interface {
	Component
	postgres()
}

// TlsPostgresDatabaseConnectionConfig is a connection to a PostgreSQL database. Its fields from SSLMode on are the
// parameters of libpq by these names.
type TlsPostgresDatabaseConnectionConfig struct {
	ComponentBase
	// User and Password are those of the database account.
	User     string `spec:"user,required,sensitive"`
	Password string `spec:"password,required,sensitive"`
	// URL is host:port.
	URL string `spec:"url,required"`
	// SSLMode empty means require.
	SSLMode string `spec:"sslmode,nonzero,enum=disable|allow|prefer|require|verify-ca|verify-full,default=require"`
	// SSLCert and SSLKey are the files of the client's certificate and its key, SSLRootCert that of the authorities, SSLCRL
	// that of revoked certificates. Nil means libpq's default.
	SSLCert     *string `spec:"sslcert"`
	SSLKey      *string `spec:"sslkey,sensitive"`
	SSLRootCert *string `spec:"sslrootcert"`
	SSLCRL      *string `spec:"sslcrl"`
}

func (*TlsPostgresDatabaseConnectionConfig) postgres() {}
