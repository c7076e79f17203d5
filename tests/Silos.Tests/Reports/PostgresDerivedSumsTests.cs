using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

[Collection(PostgresCollection.Name)]
public sealed class PostgresDerivedSumsTests(PostgresFixture postgres) : DerivedSumsContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
