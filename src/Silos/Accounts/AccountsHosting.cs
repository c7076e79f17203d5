using Distribution.Contracts.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Accounts;

/// <summary>Registers what the grains of accounts work on; the host provides the state database and the clock.</summary>
public static class AccountsHosting
{
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<AccountTable>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<PublisherTable>();
        services.AddSingleton<IPublisherQuotas>(static provider => provider.GetRequiredService<PublisherTable>());
        services.AddSingleton<ApiKeyTable>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<KeptRequestTable>();
        services.AddSingleton<PublisherSettingsTable>();
    }
}
