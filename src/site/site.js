// Suggestions for the search box, and a button that prints. Every page works without this.
{
  const invisible = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

  for (const button of document.querySelectorAll('button[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }

  for (const input of document.querySelectorAll('input[data-suggest]')) {
    const list = document.getElementById(input.dataset.suggest)
    input.setAttribute('list', list.id)
    let asked = ''
    let waiting = 0
    let call = null

    const suggest = async (q) => {
      call?.abort()
      call = new AbortController()
      try {
        const response = await fetch(`/v1/search?limit=8&q=${encodeURIComponent(q)}`, {
          headers: { 'accept-language': document.documentElement.lang },
          signal: call.signal,
        })
        if (!response.ok) return
        const { items } = await response.json()
        list.replaceChildren(
          ...items.map(({ name, uscc }) => {
            const option = document.createElement('option')
            option.value = name.replace(invisible, '')
            if (uscc !== null) option.label = uscc
            return option
          }),
        )
      } catch {
        // No suggestion is no fault: the search itself tells.
      }
    }

    input.addEventListener('input', () => {
      const q = input.value.trim()
      // A pasted message or link leads to one business; only names are completed.
      if (q === asked || q.length < 2 || q.length > 60 || q.includes('://')) return
      asked = q
      clearTimeout(waiting)
      waiting = setTimeout(() => void suggest(q), 250)
    })
  }
}
