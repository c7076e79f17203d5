using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

public sealed class DerivedSumsTests : DerivedSumsContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
