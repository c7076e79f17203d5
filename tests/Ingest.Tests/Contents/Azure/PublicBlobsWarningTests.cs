using Distribution.Ingest.Contents.Azure;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>Who lets viewers read blobs past the server is told at the start what that does to the reports.</summary>
public sealed class PublicBlobsWarningTests
{
    [Fact]
    public async Task A_public_address_of_the_blobs_is_warned_of_without_its_signature()
    {
        (LogLevel level, string text) = Assert.Single(
            await StartAsync(new Uri("https://cdn.example.org/films?sig=secret"))
        );
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("cdn.example.org", text);
        Assert.Contains("bytes of peers", text);
        Assert.DoesNotContain("secret", text);
    }

    [Fact]
    public async Task Without_one_there_is_nothing_to_say() => Assert.Empty(await StartAsync(null));

    private static async Task<List<(LogLevel Level, string Text)>> StartAsync(Uri? publicUrl)
    {
        var log = new RecordedLog();
        var warning = new PublicBlobsWarning(new AzureStoreOptions { PublicUrl = publicUrl }, log);
        await warning.StartAsync(TestContext.Current.CancellationToken);
        await warning.StopAsync(TestContext.Current.CancellationToken);
        return log.Lines;
    }

    private sealed class RecordedLog : ILogger<PublicBlobsWarning>
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add((logLevel, formatter(state, exception)));
    }
}
