using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>A web server with one file at /file.mp4, that can misbehave as origins do.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Origin(WebApplication app, byte[] content)
    {
        _app = app;
        Content = content;
    }

    public byte[] Content { get; set; }

    /// <summary>Null: none is sent.</summary>
    public string? ETag { get; set; } = "\"first\"";

    public bool KnowsRanges { get; init; } = true;

    public bool KnowsHead { get; init; } = true;

    /// <summary>So many bytes of the file are sent, then the connection ends; once.</summary>
    public long BreakAt { get; set; } = long.MaxValue;

    /// <summary>So many GETs are answered with 503 first.</summary>
    public int Unavailable { get; set; }

    /// <summary>"METHOD range" of each request, for instance "GET bytes=0-".</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Url { get; private set; } = "";

    public static async Task<Origin> StartAsync(byte[] content, Func<WebApplication, byte[], Origin>? make = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        Origin origin = make?.Invoke(app, content) ?? new Origin(app, content);
        app.Map("/file.mp4", origin.ServeAsync);
        app.Map("/to", (HttpContext context) => context.Response.Redirect(context.Request.Query["url"]!));
        await app.StartAsync();
        string address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        origin.Url = $"{address}/file.mp4";
        return origin;
    }

    public static Task<Origin> WithoutRangesAsync(byte[] content) =>
        StartAsync(content, (app, bytes) => new Origin(app, bytes) { KnowsRanges = false });

    public static Task<Origin> WithoutHeadAsync(byte[] content) =>
        StartAsync(content, (app, bytes) => new Origin(app, bytes) { KnowsHead = false });

    public string RedirectTo(string url) =>
        Url.Replace("/file.mp4", $"/to?url={Uri.EscapeDataString(url)}", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        string range = context.Request.Headers.Range.ToString();
        Requests.Enqueue($"{context.Request.Method} {range}".Trim());
        if (HttpMethods.IsHead(context.Request.Method) && !KnowsHead)
        {
            response.StatusCode = 405;
            return;
        }
        if (HttpMethods.IsGet(context.Request.Method) && Unavailable > 0)
        {
            Unavailable--;
            response.StatusCode = 503;
            return;
        }
        long start = 0;
        string condition = context.Request.Headers.IfRange.ToString();
        if (KnowsRanges && range.Length > 0 && (condition.Length == 0 || condition == ETag))
        {
            start = long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {start}-{Content.Length - 1}/{Content.Length}";
        }
        response.ContentLength = Content.Length - start;
        response.ContentType = "video/mp4; codecs=avc1";
        if (ETag is not null)
            response.Headers.ETag = ETag;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await SendAsync(context, start);
    }

    private async Task SendAsync(HttpContext context, long start)
    {
        long end = Math.Min(Content.Length, BreakAt);
        try
        {
            for (long at = start; at < end; )
            {
                int count = (int)Math.Min(65_536, end - at);
                await context.Response.Body.WriteAsync(Content.AsMemory((int)at, count), context.RequestAborted);
                at += count;
            }
            await context.Response.Body.FlushAsync(context.RequestAborted);
            // What was sent arrives, then the connection ends: a reset could take some of it away.
            if (end == BreakAt)
                BreakAt = long.MaxValue;
        }
        catch (OperationCanceledException)
        {
            // Whom the bytes were for is gone.
        }
    }
}
