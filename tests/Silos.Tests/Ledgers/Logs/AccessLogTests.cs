using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Ledgers.Logs;

public sealed class AccessLogTests : AccessLogContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
