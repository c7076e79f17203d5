using System.Net.Sockets;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>What `publish` makes of a folder before it calls anybody: nothing is left out without a word.</summary>
public sealed class FolderSourceTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly string _folder;

    public FolderSourceTests()
    {
        _folder = _temp.Sub("show");
        Directory.CreateDirectory(Path.Combine(_folder, "inner"));
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_folder_without_files_is_refused()
    {
        Assert.Contains($"{_folder} has no files", await ComplaintAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link", "inner")]
    [InlineData("inner/link", "film")]
    [InlineData("inner/dangling", "nowhere")]
    public async Task A_symbolic_link_is_refused_by_name(string link, string target)
    {
        await WriteAsync("inner/film");
        File.CreateSymbolicLink(Path.Combine(_folder, link), target);

        string complaint = await ComplaintAsync();

        Assert.Contains(Path.Combine(_folder, link), complaint, StringComparison.Ordinal);
        Assert.Contains("symbolic link", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_is_refused_by_name()
    {
        await WriteAsync("film");
        string path = Path.Combine(_folder, "inner", "ear");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        Assert.Contains($"{path} is no file of bytes", await ComplaintAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inner/pipe")]
    [InlineData("pipe")]
    public async Task A_pipe_is_refused_and_not_read(string name)
    {
        await WriteAsync("film");
        string path = Path.Combine(_folder, name);
        await using (RunningProgram made = RunningProgram.Start("mkfifo", [path]))
            Assert.Equal(0, await made.ExitAsync(TimeSpan.FromSeconds(30)));

        Assert.Contains($"{path} is no file of bytes", await ComplaintAsync(), StringComparison.Ordinal);
        Assert.Contains($"{path} is no file of bytes", await ComplaintAsync(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--format", "v2")]
    [InlineData("--piece-length", "big")]
    public async Task Wishes_that_nobody_can_fulfil_are_wrong_usage(string option, string value)
    {
        await WriteAsync("film");
        CommandResult refused = await CommandLine.RunAsync("publish", _folder, option, value);
        Assert.Contains(value, refused.SingleComplaint(2), StringComparison.Ordinal);
    }

    private async Task WriteAsync(string name) =>
        await File.WriteAllTextAsync(Path.Combine(_folder, name), "film", TestContext.Current.CancellationToken);

    private async Task<string> ComplaintAsync(string? path = null)
    {
        CommandResult refused = await CommandLine.RunAsync("publish", path ?? _folder, "--api-key", "any");
        return refused.SingleComplaint(1);
    }
}
