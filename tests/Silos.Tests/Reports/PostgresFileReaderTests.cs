using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

[Collection(PostgresCollection.Name)]
public sealed class PostgresFileReaderTests(PostgresFixture postgres) : FileReaderContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
