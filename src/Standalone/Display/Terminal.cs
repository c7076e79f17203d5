using System.Text.Json;
using Spectre.Console;

namespace Distribution.Standalone.Display;

/// <summary>Where results go: tables and JSON to standard output, progress to standard error.</summary>
internal static class Terminal
{
    /// <summary>Wide enough that no cell is folded where nobody looks at a screen.</summary>
    private const int RedirectedWidth = 4096;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Standard error, for progress; null where it is no terminal.</summary>
    public static IAnsiConsole? ForProgress() =>
        Console.IsErrorRedirected
            ? null
            : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Bars of bytes that come or go, which leave nothing behind.</summary>
    public static Progress Bars(IAnsiConsole console) =>
        console
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn()
            );

    public static IAnsiConsole ForResults()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        return console;
    }

    /// <summary>The one document on standard output.</summary>
    public static void WriteJson<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, Indented));

    /// <summary>A name from elsewhere, without characters that steer a terminal.</summary>
    public static string Plain(string? text) =>
        string.Concat((text ?? "").Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
