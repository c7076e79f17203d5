using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Files;

public sealed class FileCatalogTests : FileCatalogContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
