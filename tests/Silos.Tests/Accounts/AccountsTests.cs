using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Accounts;

public sealed class AccountsTests : AccountsContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
