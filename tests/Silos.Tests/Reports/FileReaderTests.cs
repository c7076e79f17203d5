using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

public sealed class FileReaderTests : FileReaderContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
