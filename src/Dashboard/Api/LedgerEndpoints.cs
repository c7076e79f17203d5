using System.Text;
using Distribution.Contracts.Access;
using Distribution.Contracts.Ledgers;
using Distribution.Dashboard.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Api;

/// <summary>The ledger as JSON lines, and the key that its signatures are checked with.</summary>
internal static class LedgerEndpoints
{
    private const string ContentType = "application/x-ndjson";

    public static void MapLedger(this RouteGroupBuilder v1)
    {
        // The chain is one, of all publishers.
        v1.MapGet("/ledger", GetAsync)
            .RequireAuthorization(AccessPolicies.Operate)
            .WithName("GetLedger")
            .WithSummary("The hash chain behind all reports, as JSON lines")
            .WithTags("Reports")
            .Produces<string>(StatusCodes.Status200OK, ContentType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        v1.MapGet("/ledger/key", GetKeyAsync)
            .WithName("GetLedgerKey")
            .WithSummary("The public key of the ledger's signatures")
            .WithTags("Reports")
            .Produces<LedgerKeyResource>()
            .ProducesProblem(StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> GetAsync(
        HttpContext context,
        [FromServices] IGrainFactory grains,
        [FromQuery] string? from
    )
    {
        DateTimeOffset? since = null;
        if (!string.IsNullOrEmpty(from))
        {
            if (!ReportRange.TryParseTime(from, out DateTimeOffset time))
                return Problems.Invalid(ReportRange.TimeError("from").ToString());
            since = time;
        }
        ILedgerExportGrain ledger = grains.GetGrain<ILedgerExportGrain>(0);
        LedgerExport export = await ledger.BeginAsync(since);
        HttpResponse response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = "attachment; filename=\"ledger.jsonl\"";
        try
        {
            await WriteAsync(response, ledger, export, context.RequestAborted);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The head is out: whoever reads must see that this is not all.
            context.Abort();
            throw;
        }
        return Results.Empty;
    }

    /// <summary>Page by page: the next one is read when the reader has taken the last.</summary>
    private static async Task WriteAsync(
        HttpResponse response,
        ILedgerExportGrain ledger,
        LedgerExport export,
        CancellationToken stop
    )
    {
        await WriteAsync(response, export.FirstLines, stop);
        for (long after = export.After; after < export.Last; )
        {
            LedgerExportPage page = await ledger.ReadAsync(after, export.Last);
            await WriteAsync(response, page.Lines, stop);
            after = page.Last;
        }
        await WriteAsync(response, [export.EndLine], stop);
    }

    private static async Task WriteAsync(HttpResponse response, IReadOnlyList<string> lines, CancellationToken stop)
    {
        var text = new StringBuilder();
        foreach (string line in lines)
            text.Append(line).Append('\n');
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), stop);
    }

    private static async Task<IResult> GetKeyAsync([FromServices] IGrainFactory grains)
    {
        LedgerKey key = await grains.GetGrain<ILedgerExportGrain>(0).GetKeyAsync();
        return Results.Ok(new LedgerKeyResource("ECDSA P-256 with SHA-256", key.PublicKeyPem, key.Fingerprint));
    }
}
