using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace Distribution.Dashboard.Tests.Webhooks;

/// <summary>A real HTTP server that receives webhooks, and answers as it is told.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<HookRequest> _received = Channel.CreateUnbounded<HookRequest>();

    private HookReceiver(WebApplication app) => _app = app;

    /// <summary>What is answered next; when it is empty: 204.</summary>
    public ConcurrentQueue<HookAnswer> Answers { get; } = new();

    public string Url => _app.Urls.First() + "/hook";

    /// <summary>How many requests came in all.</summary>
    public int Count { get; private set; }

    public static async Task<HookReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var receiver = new HookReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public async Task<HookRequest> NextAsync() =>
        await _received.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        HookAnswer answer = Answers.TryDequeue(out HookAnswer? told) ? told : new HookAnswer(HttpStatusCode.NoContent);
        Count++;
        var request = new HookRequest(
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            body.ToArray()
        );
        if (answer.IsHung)
        {
            _received.Writer.TryWrite(request);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }
        context.Response.StatusCode = (int)answer.Status;
        if (answer.Location is not null)
            context.Response.Headers.Location = answer.Location;
        if (answer.Status != HttpStatusCode.NoContent)
            await context.Response.WriteAsync(answer.Body);
        _received.Writer.TryWrite(request);
    }
}
