using System.IO.Pipelines;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Api;
using Distribution.Dashboard.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Dashboard.Live;

/// <summary>
/// <c>GET /api/v1/files/{id}/live</c>: the swarm as server-sent events. The first says how it is, the others how it is then; a client that was
/// away misses nothing by it, so <c>Last-Event-ID</c> is not looked at.
/// </summary>
internal static class LiveEndpoint
{
    public const string ContentType = "text/event-stream";

    /// <summary>Then the client comes back by itself, and shows its credentials again.</summary>
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(10);

    /// <summary>How long a client waits before it comes back, in milliseconds.</summary>
    private static readonly ReadOnlyMemory<byte> Start = "retry: 3000\n\n"u8.ToArray();

    private static readonly ReadOnlyMemory<byte> Heartbeat = ":\n\n"u8.ToArray();

    public static void MapLive(this RouteGroupBuilder v1) =>
        v1.MapGet("/files/{id}/live", GetAsync)
            .WithTags("Files")
            .WithName("FollowSwarm")
            .WithSummary("The file's swarm as server-sent events: one for each change, at most one a second")
            .Produces<LiveSwarmResource>(contentType: ContentType)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task GetAsync(
        string id,
        HttpContext context,
        [FromServices] PublisherFiles files,
        [FromServices] LiveSwarms swarms,
        [FromServices] CredentialWatch credentials,
        [FromServices] TimeProvider clock
    )
    {
        Problems? problem = null;
        PublishedFile? file = await files.FindAsync(id);
        if (file is null)
            problem = Problems.NoSuchFile(id);
        else if (file is not { State: FileState.Published, Content: not null })
            problem = Problems.NoSwarm(file.State);
        else if (swarms.TryJoin(file.Content.InfoHash, out LiveRefusal refusal) is { } swarm)
        {
            try
            {
                using CredentialWatch.Followed mayRead = credentials.Follow(context.User);
                await SendAsync(context, swarm, clock, mayRead.Ended);
            }
            finally
            {
                swarms.Leave(swarm);
            }
        }
        else
            problem = refusal == LiveRefusal.FileIsFull ? Problems.FileIsWatchedByTooMany() : Problems.Busy();
        if (problem is not null)
            await problem.ExecuteAsync(context);
    }

    /// <param name="ended">Whoever reads may not any more: they are told no more, and whoever reconnects is refused.</param>
    private static async Task SendAsync(
        HttpContext context,
        LiveSwarm swarm,
        TimeProvider clock,
        CancellationToken ended
    )
    {
        HttpResponse response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        // nginx would gather events before it passes them on.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ended);
        CancellationToken gone = either.Token;
        long startedAt = clock.GetTimestamp();
        ReadOnlyMemory<byte> sent = default;
        try
        {
            FlushResult flushed = await response.BodyWriter.WriteAsync(Start, gone);
            LiveFrame frame = swarm.Newest;
            while (!flushed.IsCompleted)
            {
                if (!frame.State.Equals(sent))
                {
                    sent = frame.State;
                    flushed = await response.BodyWriter.WriteAsync(sent, gone);
                }
                else if (!frame.IsLast)
                    flushed = await response.BodyWriter.WriteAsync(Heartbeat, gone);
                if (frame.IsLast || clock.GetElapsedTime(startedAt) > LongestStream)
                    return;
                await frame.Followed.WaitAsync(gone);
                frame = swarm.Newest;
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested) { }
    }
}
