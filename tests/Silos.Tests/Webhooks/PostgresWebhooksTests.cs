using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Webhooks;

[Collection(PostgresCollection.Name)]
public sealed class PostgresWebhooksTests(PostgresFixture postgres) : WebhooksContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);
}
