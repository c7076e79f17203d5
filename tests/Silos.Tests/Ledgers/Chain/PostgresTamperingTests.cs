using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Chain;

[Collection(PostgresCollection.Name)]
public sealed class PostgresTamperingTests(PostgresFixture postgres) : TamperingContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
