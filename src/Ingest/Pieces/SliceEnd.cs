namespace Distribution.Ingest.Pieces;

/// <summary>Why the slicer stopped reading a request body. In each case what came before is checkpointed, as far as there is room.</summary>
internal enum SliceEnd
{
    /// <summary>The body ended as it should.</summary>
    Complete,

    /// <summary>The client is gone in the middle of the body.</summary>
    Truncated,

    /// <summary>Another request took the upload over.</summary>
    TakenOver,

    /// <summary>The body has more bytes than the upload lacks; the last block was dropped.</summary>
    TooLong,

    /// <summary>The store has no room.</summary>
    StoreFull,
}
