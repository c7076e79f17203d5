using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers;

[Collection(PostgresCollection.Name)]
public sealed class PostgresLedgerTests(PostgresFixture postgres) : LedgerContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
