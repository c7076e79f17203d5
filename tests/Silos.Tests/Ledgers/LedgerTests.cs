using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers;

public sealed class LedgerTests : LedgerContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
