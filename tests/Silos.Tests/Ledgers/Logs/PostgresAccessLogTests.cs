using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Logs;

[Collection(PostgresCollection.Name)]
public sealed class PostgresAccessLogTests(PostgresFixture postgres) : AccessLogContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
