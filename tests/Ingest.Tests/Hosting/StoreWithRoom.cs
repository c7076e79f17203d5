using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A store that says what a test wants of its free space, whatever else uses the disk. Null: no bound, as a remote store has none.</summary>
internal sealed class StoreWithRoom(IContentStore inner, long? freeBytes) : StoreAround(inner)
{
    public override long? FreeBytes => freeBytes;
}
