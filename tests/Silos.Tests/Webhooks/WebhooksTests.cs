using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Webhooks;

public sealed class WebhooksTests : WebhooksContract
{
    private protected override ITestStore NewStore() => new SqliteTestStore();
}
