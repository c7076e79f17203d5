namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A folder of its own for a test, removed after it.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ingest-tests-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
