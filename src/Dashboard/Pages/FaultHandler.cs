using System.Diagnostics;
using Distribution.Dashboard.Api;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Pages;

/// <summary>Faults of any endpoint, told in the caller's language and without their inside; the log has them whole.</summary>
internal sealed class FaultHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        bool unavailable = exception is TimeoutException or OrleansException;
        if (httpContext.Request.Path.StartsWithSegments(ApiHosting.Root) || !httpContext.WantsPage())
        {
            await (unavailable ? Problems.Unavailable() : Problems.Internal()).ExecuteAsync(httpContext);
            return true;
        }
        int status = unavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        string traceId = Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier;
        await httpContext.WriteDocumentAsync<ErrorDocument>(
            status,
            new { Unavailable = unavailable, TraceId = traceId }
        );
        return true;
    }
}
