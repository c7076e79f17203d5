using System.Text.Json;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Costs;
using Distribution.Dashboard.Conditions;
using Distribution.Dashboard.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary><c>/api/v1/settings</c>: what the publisher has set for all of its files.</summary>
internal static class SettingsEndpoints
{
    /// <summary>A contract, and a little around it.</summary>
    private const int MaxBytes = ContractDocument.MaxBytes + 1024;

    public static void MapSettings(this RouteGroupBuilder v1) =>
        v1.MapGet("/settings", GetAsync)
            .WithName("GetSettings")
            .WithSummary("What the publisher has set for all of its files")
            .WithTags("Settings")
            .Produces<SettingsResource>()
            .Refuses();

    public static void MapSettingsChange(this RouteGroupBuilder own) =>
        own.MapPut("/settings", PutAsync)
            .WithName("ReplaceSettings")
            .WithSummary("Replace all settings; it needs If-Match with the ETag of what they were")
            .WithTags("Settings")
            .Accepts<SettingsWish>("application/json")
            .Produces<SettingsResource>()
            .Refuses()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);

    private static async Task<IResult> GetAsync([FromServices] SettingsOfPublisher settings) =>
        Results.Ok(SettingsResource.Of(await settings.ReadAsync()));

    private static async Task<IResult> PutAsync(HttpRequest request, [FromServices] SettingsOfPublisher settings)
    {
        PublisherSettings seen = await settings.ReadAsync();
        if (EntityTags.RefusalOrMissing(request, SettingsResource.Of(seen)) is { } refusal)
            return refusal;
        if (await SmallJson.ReadAsync<SettingsWish>(request, MaxBytes) is not { } wish)
            return Problems.Invalid(
                "Send a JSON object with \"defaultPolicy\" (\"everyone\" or \"off\") and \"contract\" (an object, or null)."
            );
        ContractDocument? contract = null;
        if (
            wish.Contract is { ValueKind: not JsonValueKind.Null } json
            && !SettingsOfPublisher.TryParse(json.GetRawText(), out contract, out IReadOnlyList<string> errors)
        )
            return Problems.Invalid(string.Join(' ', errors));
        return await settings.StoreAsync(seen, wish.DefaultPolicy, contract) == AccountChange.Done
            ? await GetAsync(settings)
            : Problems.Changed();
    }
}
