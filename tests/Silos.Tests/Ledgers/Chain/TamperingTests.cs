using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Chain;

public sealed class TamperingTests : TamperingContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
