using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Chain;

public sealed class ChainTests : ChainContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
