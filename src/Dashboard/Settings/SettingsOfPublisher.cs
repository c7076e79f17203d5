using System.Text;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Settings;

/// <summary>The publisher's settings, for API and pages alike.</summary>
internal sealed class SettingsOfPublisher(IGrainFactory grains, IHttpContextAccessor http, AuditTrail audit)
{
    private string Publisher => AccessClaims.PublisherOf(http.HttpContext!.User);

    public Task<PublisherSettings> ReadAsync() => grains.GetGrain<IPublishersGrain>(0).ReadSettingsAsync(Publisher);

    /// <summary>Stores them, made of <paramref name="seen"/>; where they are others by now it is a conflict.</summary>
    /// <param name="contract">Null: the server's.</param>
    public Task<AccountChange> StoreAsync(PublisherSettings seen, PeerPolicy policy, ContractDocument? contract) =>
        grains
            .GetGrain<IPublishersGrain>(0)
            .StoreSettingsAsync(
                seen with
                {
                    DefaultPolicy = policy,
                    Contract = contract?.Json,
                },
                audit.Entry(
                    "settings.changed",
                    "",
                    $"peers of new files: {policy.ToString().ToLowerInvariant()}; contract: {contract?.Contract.Name ?? "the server's"}"
                )
            );

    /// <summary>What a month would cost.</summary>
    /// <param name="contract">Null: the server's.</param>
    public Task<CostStatement> EstimateAsync(ContractDocument? contract, ReportBytes month) =>
        grains.GetGrain<IReportGrain>(0).EstimateAsync(contract?.Json, month);

    /// <summary>False: the text is no contract, and <paramref name="errors"/> say why.</summary>
    public static bool TryParse(string text, out ContractDocument? contract, out IReadOnlyList<string> errors) =>
        ContractDocument.TryParse(Encoding.UTF8.GetBytes(text), "contract", out contract, out errors);
}
