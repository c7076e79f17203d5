using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Files;

[Collection(PostgresCollection.Name)]
public sealed class PostgresFileCatalogTests(PostgresFixture postgres) : FileCatalogContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
