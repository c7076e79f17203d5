using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Accounts;

[Collection(PostgresCollection.Name)]
public sealed class PostgresAccountsTests(PostgresFixture postgres) : AccountsContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
