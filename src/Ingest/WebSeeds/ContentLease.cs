using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>The right to read from a shared reader until it is disposed, once.</summary>
internal readonly struct ContentLease : IDisposable
{
    private readonly Shared _shared;

    private ContentLease(Shared shared) => _shared = shared;

    public IContentReader Reader => _shared.Reader;

    public void Dispose() => _shared.Release();

    /// <summary>A reader and how many hold it; whoever made it is the first of them.</summary>
    internal sealed class Shared(IContentReader reader)
    {
        private int _holders = 1;
        private bool _wasUsed = true;

        public IContentReader Reader => reader;

        /// <summary>Null: it is closed already.</summary>
        public ContentLease? TryLease()
        {
            int holders = Volatile.Read(ref _holders);
            while (holders > 0)
            {
                int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
                if (seen == holders)
                {
                    Volatile.Write(ref _wasUsed, true);
                    return new ContentLease(this);
                }
                holders = seen;
            }
            return null;
        }

        /// <summary>Since the last time that this was asked; one that is in use is used.</summary>
        public bool WasUsed() => Interlocked.Exchange(ref _wasUsed, false) || Volatile.Read(ref _holders) > 1;

        public void Release()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
                reader.Dispose();
        }
    }
}
