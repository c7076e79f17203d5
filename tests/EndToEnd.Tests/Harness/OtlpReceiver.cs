using System.Collections.Concurrent;
using System.Text;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A collector that takes OTLP over HTTP and keeps the bodies; names stand in them as plain text (protobuf strings).</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<(string Path, byte[] Body)> _bodies = [];

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/{**path}", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>True once a body sent to <paramref name="path"/> holds <paramref name="text"/>.</summary>
    public bool Received(string path, string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return _bodies.Any(body => body.Path == path && body.Body.AsSpan().IndexOf(wanted) >= 0);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _bodies.Add((context.Request.Path, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
