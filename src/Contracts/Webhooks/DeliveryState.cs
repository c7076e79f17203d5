namespace Distribution.Contracts.Webhooks;

/// <summary>Where a delivery stands. Names are the API's, in lower case.</summary>
public enum DeliveryState
{
    /// <summary>It is tried, or tried again later.</summary>
    Waiting,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It is not tried any more.</summary>
    Failed,
}
