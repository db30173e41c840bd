/* Search over one county's items, in the browser alone: no request, no cookie, nothing remembered.
   A match is true because the text holds it (a scan); lunr only orders the matches. The rules for folding text,
   cutting words and reading pinyin stand in generator/search.py too; tests/search_vectors.json keeps them in step.
   Classic script, no syntax newer than Chromium 87. Filed text reaches the page through textContent only. */
(function () {
  'use strict';
  var qingdan = window.qingdan = window.qingdan || {};
  var MAX_QUERY = 64; // characters: longer than any name, short enough to scan at once
  var FIRST = 20; // results drawn at once: drawing costs more than finding
  var CONTEXT = 24; // characters shown before a hit in a long text

  /* ---- text: folding, tokens, pinyin ---- */

  var folding = Object.create(null);
  var readings = new Map();

  function foldCharacter(character) {
    var folded = character.normalize('NFKC').toLowerCase();
    var result = '';
    for (var one of folded) { result += folding[one] || one; }
    return result;
  }

  function fold(text) {
    var result = '';
    for (var character of text) { result += foldCharacter(character); }
    return result;
  }

  /* Folded text with, for each of its units, the place of the filed character it came from. */
  function foldWithPlaces(text) {
    var folded = '';
    var places = [];
    var place = 0;
    for (var character of text) {
      var part = foldCharacter(character);
      for (var i = 0; i < part.length; i++) { places.push(place); }
      folded += part;
      place += character.length;
    }
    places.push(place);
    return { text: folded, places: places };
  }

  function script(character) {
    var point = character.codePointAt(0);
    if ((point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) ||
        (point >= 0x20000 && point <= 0x323af) || point === 0x3007 || (point >= 0xac00 && point <= 0xd7a3)) {
      return 'pairs';
    }
    return point < 0x2e80 && /[\p{L}\p{N}]/u.test(character) ? 'word' : '';
  }

  function runs(text) {
    var found = [];
    var last = null;
    for (var character of text) {
      var kind = script(character);
      if (last && last.kind === kind) { last.characters.push(character); } else {
        last = { kind: kind, characters: [character] };
        found.push(last);
      }
    }
    return found;
  }

  function tokens(folded) {
    var found = [];
    runs(folded).forEach(function (run) {
      if (run.kind === 'pairs' && run.characters.length > 1) {
        for (var i = 0; i + 1 < run.characters.length; i++) { found.push(run.characters[i] + run.characters[i + 1]); }
      } else if (run.kind) { found.push(run.characters.join('')); }
    });
    return found;
  }

  /* A letter in a name (反诈APP) is read as itself. */
  function reading(character) {
    return readings.get(character) || (character >= 'a' && character <= 'z' ? [character] : null);
  }

  /* Where a term of letters reads like the pinyin of consecutive characters of a name: as initials (two letters or
     more) or written out, the last syllable perhaps unfinished. Characters without a reading end a run; a word of
     letters is not entered in its middle. */
  function pinyinPlaces(name, term) {
    var characters = Array.from(name);
    var units = 0;
    var starts = characters.map(function (c) { var at = units; units += c.length; return at; });
    starts.push(units);
    for (var start = 0; start < characters.length; start++) {
      if (start && script(characters[start]) === 'word' && script(characters[start - 1]) === 'word') { continue; }
      var end = initials(characters, start, term, 0);
      if (end === -1) { end = syllables(characters, start, term, 0); }
      if (end !== -1) { return [starts[start], starts[end]]; }
    }
    return null;
  }

  function initials(characters, at, term, done) {
    if (term.length < 2) { return -1; }
    for (; done < term.length; at++, done++) {
      var read = reading(characters[at]);
      if (!read || !read.some(function (one) { return one[0] === term[done]; })) { return -1; }
    }
    return at;
  }

  function syllables(characters, at, term, done) {
    var read = reading(characters[at]);
    if (!read) { return -1; }
    var rest = term.slice(done);
    for (var i = 0; i < read.length; i++) {
      // One letter alone is no syllable begun: "b" would find half of the list.
      if (read[i].indexOf(rest) === 0 && (rest.length > 1 || done > 0)) { return at + 1; }
      if (rest.indexOf(read[i]) === 0) {
        var end = rest.length === read[i].length ? at + 1 : syllables(characters, at + 1, term, done + read[i].length);
        if (end !== -1) { return end; }
      }
    }
    return -1;
  }

  /* ---- the data ---- */

  var data = null;
  var entries = [];
  var index = null;

  function load() {
    if (data || !qingdan.searchData) { return; }
    data = qingdan.searchData;
    var pairs = Array.from(data.folding);
    for (var i = 0; i + 1 < pairs.length; i += 2) { folding[pairs[i]] = pairs[i + 1]; }
    Object.keys(data.readings).forEach(function (c) { readings.set(c, data.readings[c].split(' ')); });
    index = window.lunr && data.lunr ? window.lunr.Index.load(whole(data.lunr)) : null;
    entries = data.rows.map(entry);
  }

  /* The index as lunr loads it. What comes lacks the inverted half, since the vectors say where each term stands. */
  function whole(short) {
    var postings = short.terms.map(function (term, n) {
      var posting = { _index: n };
      short.fields.forEach(function (field) { posting[field] = {}; });
      return [term, posting];
    });
    short.fieldVectors.forEach(function (vector) {
      var place = vector[0].split('/');
      for (var i = 0; i < vector[1].length; i += 2) { postings[vector[1][i]][1][place[0]][place[1]] = {}; }
    });
    postings.sort(function (a, b) { return a[0] < b[0] ? -1 : 1; });
    return { version: short.version, fields: short.fields, fieldVectors: short.fieldVectors, invertedIndex: postings, pipeline: [] };
  }

  function entry(row, number) {
    var translated = row[9] || [0, 0, [], 0, 0];
    var departments = row[6].map(function (pair, i) {
      var names = data.departments[pair[0]];
      return { name: names[0], shown: names[1] || names[0], translated: Boolean(names[1]), duty: pair[1] || '', dutyShown: translated[2][i] || pair[1] || '' };
    });
    var one = {
      number: number, item: row[0], kind: data.kinds[row[1]][0], kindLabel: data.kinds[row[1]][1],
      category: row[2], townships: data.sets[row[3]], name: row[4], shown: translated[0] || row[4],
      translated: data.lang === 'zh' || Boolean(translated[0]), basis: row[5] || '', basisShown: translated[1] || row[5] || '',
      departments: departments, duty: row[7] || '', dutyShown: translated[3] || row[7] || '',
      method: row[8] || '', methodShown: translated[4] || row[8] || '', pending: Boolean(row[10]),
      more: (row[11] || []).map(function (m) { return { label: data.more[m[0]], text: m[1], shown: m[2] || m[1] }; })
    };
    // The filed Chinese is searched on every page; the translation beside it where there is one.
    one.fields = [one.name, one.shown];
    departments.forEach(function (d) { one.fields.push(d.name, d.shown, d.duty, d.dutyShown); });
    one.fields.push(one.duty, one.dutyShown, one.method, one.methodShown, one.basis, one.basisShown);
    one.more.forEach(function (m) { one.fields.push(m.text, m.shown); });
    one.fields = one.fields.filter(function (text, i, all) { return text && all.indexOf(text) === i; });
    one.folded = one.fields.map(fold);
    one.words = null; // cut when the first query of letters comes
    return one;
  }

  /* ---- finding ---- */

  function readQuery(query) {
    return fold(String(query).slice(0, MAX_QUERY)).split(/\s+/).filter(Boolean).map(function (text) {
      var letters = /^[a-z]+$/.test(text);
      var wordy = runs(text).every(function (run) { return run.kind === 'word'; });
      return { text: text, letters: letters, wordy: wordy };
    });
  }

  function holds(one, term) {
    if (!term.wordy) { return one.folded.some(function (text) { return text.indexOf(term.text) !== -1; }); }
    if (one.folded.some(function (text) { return wordPlace(text, term.text) !== -1; })) { return true; }
    return term.letters && pinyinPlaces(fold(one.name), term.text) !== null;
  }

  /* The place of a word that begins with the term, or -1. Figures count as words too: 12345, 65. */
  function wordPlace(text, term) {
    for (var at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
      if (at === 0 || script(text[at - 1]) !== 'word') { return at; }
    }
    return -1;
  }

  function scores(terms) {
    var found = new Map();
    if (!index) { return found; }
    index.query(function (query) {
      terms.forEach(function (term) {
        tokens(term.text).forEach(function (token) {
          query.term(token, { fields: ['name', 'departments'], wildcard: term.wordy ? window.lunr.Query.wildcard.TRAILING : 0 });
        });
      });
    }).forEach(function (hit) { found.set(Number(hit.ref), hit.score); });
    return found;
  }

  function rank(one, terms) {
    var names = [fold(one.name), fold(one.shown)];
    var whole = terms.map(function (term) { return term.text; }).join(' ');
    if (names.indexOf(whole) !== -1) { return 0; }
    if (names.some(function (name) { return name.indexOf(whole) === 0; })) { return 1; }
    var read = terms[0].letters && pinyinPlaces(names[0], terms[0].text);
    if (read && read[0] === 0 && terms.length === 1) { return 1; }
    var inName = terms.every(function (term) {
      return names.some(function (name) { return term.wordy ? wordPlace(name, term.text) !== -1 : name.indexOf(term.text) !== -1; }) ||
        (term.letters && pinyinPlaces(names[0], term.text) !== null);
    });
    return inName ? 2 : 3;
  }

  function find(query, filter) {
    load();
    if (!data) { return []; }
    var terms = readQuery(query);
    var chosen = entries.filter(function (one) {
      return (!filter.kind || one.kind === filter.kind) &&
        (filter.category === undefined || one.category === filter.category) &&
        (filter.township === undefined || one.townships.indexOf(filter.township) !== -1) &&
        terms.every(function (term) { return holds(one, term); });
    });
    if (!terms.length) { return chosen; }
    var score = scores(terms);
    return chosen.map(function (one) { return { one: one, rank: rank(one, terms), score: score.get(one.number) || 0 }; })
      .sort(function (a, b) { return a.rank - b.rank || b.score - a.score || a.one.number - b.one.number; })
      .map(function (hit) { return hit.one; });
  }

  function address(one, township, root) {
    return root + data.page.replace('{township}', data.townships[township][0]).replace('{item}', one.item);
  }

  qingdan.fold = fold;
  qingdan.tokens = function (text) { return tokens(fold(text)); };
  qingdan.search = function (query, filter) {
    load();
    var terms = readQuery(query);
    var given = filter || {};
    var place = given.township ? data.townships.findIndex(function (t) { return t[0] === given.township; }) : undefined;
    var found = terms.length ? find(query, { kind: given.kind, township: place }) : [];
    return Promise.resolve(found.map(function (one) {
      var shownIn = place !== undefined ? place : one.townships[0];
      return {
        url: address(one, shownIn, qingdan.searchRoot || ''), title: one.shown, kind: one.kind,
        townships: one.townships.map(function (t) { return data.townships[t][0]; })
      };
    }));
  };

  /* ---- drawing ---- */

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text !== undefined) { element.textContent = text; }
    return element;
  }

  function say(key, slots) {
    return (data.strings[key] || key).replace(/\{(\w+)\}/g, function (whole, name) {
      return slots && name in slots ? String(slots[name]) : whole;
    });
  }

  /* Filed Chinese on a page of another language is read aloud, and drawn, as Chinese. */
  function inItsLanguage(element, shown, filed) {
    if (data.lang !== 'zh' && shown === filed) { element.lang = 'zh-Hans-CN'; }
    return element;
  }

  /* The name of a township; one without a name in the page's language is there in Chinese. */
  function township(element, one) {
    element.textContent = one[1];
    return inItsLanguage(element, one[1], /[\u4e00-\u9fff]/.test(one[1]) ? one[1] : '');
  }

  /* Spans of `text` that the terms hit, in filed characters. */
  function spans(text, terms, name) {
    var folded = foldWithPlaces(text);
    var found = [];
    terms.forEach(function (term) {
      var at = -1;
      var hit = false;
      while ((at = folded.text.indexOf(term.text, at + 1)) !== -1) {
        if (term.wordy && at > 0 && script(folded.text[at - 1]) === 'word') { continue; }
        hit = true;
        found.push([folded.places[at], folded.places[at + term.text.length]]);
      }
      if (!hit && name && term.letters) {
        var read = pinyinPlaces(folded.text, term.text);
        if (read) { found.push([folded.places[read[0]], folded.places[read[1]]]); }
      }
    });
    found.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    return found.reduce(function (merged, span) {
      var last = merged[merged.length - 1];
      if (last && span[0] <= last[1]) { last[1] = Math.max(last[1], span[1]); } else { merged.push(span.slice()); }
      return merged;
    }, []);
  }

  function marked(parent, text, hits, from, to) {
    var at = from;
    hits.forEach(function (span) {
      if (span[1] <= from || span[0] >= to) { return; }
      parent.appendChild(document.createTextNode(text.slice(at, Math.max(span[0], from))));
      parent.appendChild(make('mark', '', text.slice(Math.max(span[0], from), Math.min(span[1], to))));
      at = Math.min(span[1], to);
    });
    parent.appendChild(document.createTextNode(text.slice(at, to)));
    return parent;
  }

  function wholly(parent, text, terms, name) { return marked(parent, text, spans(text, terms, name), 0, text.length); }

  /* The terms that a text does not explain. */
  function without(terms, text, name) {
    return terms.filter(function (term) { return !spans(text, [term], name).length; });
  }

  /* The texts of an item besides the name and departments that a result always shows, the most telling first; on a
     page of another language also the filed Chinese behind the translations, since that is searched too. */
  function passages(one) {
    var all = [];
    function add(label, text, filed, name) {
      if (text) { all.push({ label: label, text: text, filed: filed, name: Boolean(name) }); }
    }
    one.departments.forEach(function (d) { add(d.shown, d.dutyShown, d.duty); });
    add(say('township_part'), one.dutyShown, one.duty);
    add(say('method'), one.methodShown, one.method);
    add(say('basis'), one.basisShown, one.basis);
    one.more.forEach(function (m) { add(m.label, m.shown, m.text); });
    if (data.lang !== 'zh') {
      add('', one.name, one.name, true);
      one.departments.forEach(function (d) { add('', d.name, d.name); add(d.shown, d.duty, d.duty); });
      add(say('township_part'), one.duty, one.duty);
      add(say('method'), one.method, one.method);
      add(say('basis'), one.basis, one.basis);
      one.more.forEach(function (m) { add(m.label, m.text, m.text); });
    }
    return all;
  }

  /* A line for every text that is needed to show why the item was found, cut around its first hit. */
  function explain(row, one, terms, left) {
    passages(one).some(function (passage) {
      var first = spans(passage.text, left, passage.name)[0];
      if (!first) { return !left.length; }
      var from = first[0] <= CONTEXT ? 0 : first[0] - CONTEXT;
      var to = Math.min(passage.text.length, first[1] + 3 * CONTEXT);
      var line = row.appendChild(make('p', 'qd-results__snippet'));
      if (passage.label) { line.appendChild(make('span', 'qd-results__field', passage.label + say('colon'))); }
      var cut = line.appendChild(inItsLanguage(make('span'), passage.text, passage.filed));
      if (from) { cut.appendChild(document.createTextNode('…')); }
      marked(cut, passage.text, spans(passage.text, terms, passage.name), from, to);
      if (to < passage.text.length) { cut.appendChild(document.createTextNode('…')); }
      left = without(left, passage.text, passage.name);
      return !left.length;
    });
  }

  /* What the department of an item is to it. What was delegated, the township does; the department handed it on. */
  function department(one) {
    return one.kind === 'reclaimed' ? 'now_with' : one.kind === 'delegated' ? 'delegated_by' : 'leads';
  }

  /* Who leads it or took it back; what is a township's own needs no line. */
  function leaders(one, terms) {
    if (!one.departments.length && one.kind !== 'reclaimed') { return null; }
    var line = make('p', 'qd-results__leads');
    if (!one.departments.length) {
      line.textContent = say('cancelled');
      return line;
    }
    line.appendChild(make('span', 'qd-results__field', say(department(one)) + say('colon')));
    names(line, one, terms);
    return line;
  }

  function names(parent, one, terms) {
    one.departments.forEach(function (d, i) {
      if (i) { parent.appendChild(document.createTextNode(say('comma'))); }
      parent.appendChild(wholly(inItsLanguage(make('span'), d.shown, d.name), d.shown, terms));
    });
    return parent;
  }

  /* The townships of a result: one alone is said in the line above the name, several are links to choose from. */
  function townshipLinks(one, root) {
    var details = make('details', 'qd-details qd-results__townships');
    details.appendChild(make('summary')).appendChild(make('span', '', say('in_townships', { n: one.townships.length })));
    var list = details.appendChild(make('ul', 'qd-chips'));
    one.townships.forEach(function (t) {
      var link = township(make('a'), data.townships[t]);
      link.href = address(one, t, root);
      list.appendChild(make('li')).appendChild(link);
    });
    return details;
  }

  /* Badge of the kind, category, and the township where there is only one to tell. */
  function eyebrow(one, only) {
    var head = make('p', 'qd-eyebrow');
    head.appendChild(make('span', 'qd-badge qd-badge--' + one.kind, one.kindLabel));
    if (one.pending) { head.appendChild(make('span', 'qd-badge qd-badge--preview', say('pending'))); }
    var category = data.categories[one.category];
    var told = make('span');
    if (category[0]) { told.appendChild(inItsLanguage(make('span', '', category[1]), category[1], category[0])); }
    if (only === undefined && one.townships.length === 1 && data.townships.length > 1) {
      if (category[0]) { told.appendChild(document.createTextNode('\u00a0· ')); }
      told.appendChild(township(make('span'), data.townships[one.townships[0]]));
    }
    if (told.firstChild) { head.appendChild(told); }
    return head;
  }

  function draw(one, terms, root, only, answer) {
    var row = make('li', 'qd-results__item');
    row.appendChild(eyebrow(one, only));
    var title = row.appendChild(make('p', 'qd-results__title'));
    var link = title.appendChild(make('a', 'qd-results__name'));
    link.href = address(one, only !== undefined ? only : one.townships[0], root);
    if (!one.translated) { link.lang = 'zh-Hans-CN'; }
    wholly(link, one.shown, terms, one.shown === one.name);
    if (!one.translated) { title.appendChild(make('span', 'qd-untranslated', say('untranslated'))); }
    var left = without(terms, one.shown, one.shown === one.name);
    left = one.departments.reduce(function (rest, d) { return without(rest, d.shown); }, left);
    if (answer) {
      row.appendChild(answers(one, terms));
      left = without(left, one.kind === 'reclaimed' ? one.methodShown : one.dutyShown);
    } else {
      var lead = leaders(one, terms);
      if (lead) { row.appendChild(lead); }
    }
    explain(row, one, terms, left);
    if (only === undefined && one.townships.length > 1) { row.appendChild(townshipLinks(one, root)); }
    return row;
  }

  /* On the report page: who answers for it, and what is left for the township. */
  function answers(one, terms) {
    var facts = make('dl', 'qd-facts');
    function fact(label, fill) {
      var pair = facts.appendChild(make('div'));
      pair.appendChild(make('dt', '', label));
      fill(pair.appendChild(make('dd', 'qd-text')));
    }
    function text(shown, filed) {
      return function (dd) { wholly(inItsLanguage(dd, shown, filed), shown, terms); };
    }
    if (one.kind === 'reclaimed' && !one.departments.length) {
      fact(say('kind.reclaimed'), text(say('cancelled')));
    } else if (one.kind === 'basic' || one.kind === 'delegated' || !one.departments.length) {
      fact(say('leads'), text(say('leads_township')));
    } else {
      fact(say(department(one)), function (dd) { names(dd, one, terms); });
    }
    if (one.kind === 'reclaimed') {
      if (one.method) { fact(say('method'), text(one.methodShown, one.method)); }
    } else if (one.duty) { fact(say('township_part'), text(one.dutyShown, one.duty)); }
    return facts;
  }

  /* ---- the page ---- */

  function field(parent, name, label, control) {
    var caption = parent.appendChild(make('label', '', label));
    control.id = 'qd-' + name;
    control.name = name;
    caption.htmlFor = control.id;
    parent.appendChild(control);
    return control;
  }

  function button(parent, className, text, act) {
    var made = parent.appendChild(make('button', className, text));
    made.type = 'button';
    made.addEventListener('click', act);
    return made;
  }

  /* The filters: in a row on a wide window, behind one button on a phone, where the results matter more. */
  function drawFilters(box, choices, changed) {
    var whole = box.appendChild(make('div', 'qd-filters'));
    var fields = make('div', 'qd-fields qd-filters__fields');
    var toggle = button(whole, 'qd-button qd-filters__toggle', '', function () {
      toggle.setAttribute('aria-expanded', String(fields.classList.toggle('qd-filters__fields--open')));
    });
    fields.id = 'qd-filters';
    toggle.setAttribute('aria-controls', fields.id);
    toggle.setAttribute('aria-expanded', 'false');
    whole.appendChild(fields);
    var selects = choices.map(function (choice) {
      var select = make('select');
      select.appendChild(new Option(say('all'), ''));
      choice.options.forEach(function (one) {
        var option = new Option(one[1], one[0]);
        select.appendChild(choice.name === 't' ? township(option, one) : inItsLanguage(option, one[1], one[0]));
      });
      return field(fields.appendChild(make('div', 'qd-field')), choice.name, choice.label, select);
    });
    function clear() {
      selects.forEach(function (select) { select.value = ''; });
    }
    var clearing = button(fields, 'qd-button qd-button--quiet', say('clear'), function () {
      clear();
      selects[0].focus(); // the button goes; the reader stays where it was
      changed();
    });
    fields.addEventListener('change', changed);
    whole.hidden = !selects.length;
    return {
      clear: clear,
      any: function () { return selects.some(function (select) { return select.value; }); },
      value: function (name) {
        var select = selects.filter(function (one) { return one.name === name; })[0];
        return select ? select.value : '';
      },
      set: function (name, value) {
        selects.forEach(function (select) {
          if (select.name !== name) { return; }
          select.value = value;
          if (select.selectedIndex === -1) { select.value = ''; }
        });
      },
      show: function () {
        var chosen = selects.filter(function (select) { return select.value; })
          .map(function (select) { return select.options[select.selectedIndex].text; });
        toggle.textContent = say('filters') + (chosen.length ? say('colon') + chosen.join(say('comma')) : '');
        clearing.hidden = !chosen.length;
      }
    };
  }

  /* What a search can be narrowed by; a choice of one is none, and on the report page the township is known. */
  function filterChoices(answer, only) {
    var categories = data.categories.filter(function (c) { return c[0]; });
    return [
      { name: 't', label: say('township'), options: only === undefined ? data.townships : [] },
      { name: 'k', label: say('kind'), options: answer ? [] : data.kinds },
      { name: 'c', label: say('category'), options: answer ? [] : categories }
    ].filter(function (choice) { return choice.options.length > 1; });
  }

  function drawForm(box, searched) {
    var form = box.appendChild(make('form', 'qd-search'));
    form.setAttribute('role', 'search');
    var input = field(form, 'q', say('label'), make('input'));
    input.type = 'search';
    input.maxLength = MAX_QUERY;
    input.autocomplete = 'off';
    input.spellcheck = false;
    var submit = form.appendChild(make('button', 'qd-button qd-button--primary', say('submit')));
    submit.type = 'submit';
    var hint = form.appendChild(make('p', 'qd-meta', say('hint')));
    hint.id = 'qd-search-hint';
    input.setAttribute('aria-describedby', hint.id);
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      // Results came while typing; on a touch screen the keyboard still covers them.
      if (window.matchMedia('(hover: none)').matches) { input.blur(); }
      searched();
    });
    input.addEventListener('input', searched);
    return input;
  }

  function placeOf(code) {
    var place = code ? data.townships.findIndex(function (t) { return t[0] === code; }) : -1;
    return place === -1 ? undefined : place;
  }

  function mount(box) {
    load();
    if (!data) { return; }
    var root = box.dataset.root || '';
    qingdan.searchRoot = root;
    var answer = box.id === 'qd-search-report';
    var only = answer ? placeOf(box.dataset.township) : undefined;
    var shown = FIRST;

    box.textContent = '';
    var input = drawForm(box, again);
    var filters = drawFilters(box, filterChoices(answer, only), again);
    var count = box.appendChild(make('p'));
    count.setAttribute('role', 'status');
    var list = box.appendChild(make('ol', 'qd-results'));
    var more = button(box, 'qd-button qd-screen-only', '', function () {
      var first = shown;
      shown += FIRST;
      show();
      var next = list.children[first];
      if (next) { next.querySelector('a').focus(); }
    });
    var none = box.appendChild(make('div', 'qd-notice'));

    function filter() {
      var wanted = filters.value('c') ? data.categories.findIndex(function (c) { return c[0] === filters.value('c'); }) : -1;
      var place = placeOf(filters.value('t'));
      return {
        kind: filters.value('k'), category: wanted === -1 ? undefined : wanted, township: place === undefined ? only : place
      };
    }

    function again() {
      shown = FIRST;
      show();
    }

    function show() {
      var query = input.value.slice(0, MAX_QUERY);
      var terms = readQuery(query);
      var by = filter();
      var asked = terms.length > 0 || filters.any();
      var found = asked ? find(query, by) : [];
      filters.show();
      list.textContent = '';
      found.slice(0, shown).forEach(function (one) { list.appendChild(draw(one, terms, root, by.township, answer)); });
      list.hidden = !found.length;
      more.hidden = found.length <= shown;
      more.textContent = say('more', { n: Math.min(FIRST, found.length - shown) });
      none.hidden = !asked || found.length > 0;
      // Said aloud in both cases; what leads on from nothing is drawn below for the eye.
      count.className = found.length ? 'qd-results__count' : 'qd-hidden';
      count.textContent = !asked ? '' : found.length ? say('count', { n: found.length }) : nothing(query);
      none.textContent = '';
      if (!none.hidden) { drawNone(query, by); }
      remember(query);
    }

    function nothing(query) {
      if (!query.trim()) { return say('none_filtered'); }
      return say(filters.any() ? 'none_here' : 'none', { q: query.trim() });
    }

    function drawNone(query, by) {
      none.appendChild(make('strong', 'qd-notice__title', nothing(query)));
      var actions = make('p', 'qd-actions');
      if (filters.any()) {
        button(actions, 'qd-button', say('clear'), function () {
          filters.clear();
          input.focus();
          again();
        });
      }
      var place = by.township !== undefined ? data.townships[by.township][0] : data.townships[0][0];
      var report = actions.appendChild(make('a', 'qd-button', say('none_report')));
      report.href = answer ? '#not-found' : root + data.report.replace('{township}', place);
      if (!answer) { drawCategories(); }
      none.appendChild(actions);
    }

    function drawCategories() {
      none.appendChild(make('p', '', say('none_categories')));
      var chips = none.appendChild(make('ul', 'qd-chips'));
      data.categories.forEach(function (c) {
        if (!c[0]) { return; }
        inItsLanguage(button(chips.appendChild(make('li')), 'qd-chip', c[1], function () {
          input.value = '';
          filters.clear();
          filters.set('c', c[0]);
          again();
          input.focus();
        }), c[1], c[0]);
      });
    }

    /* A view can be linked to; where the browser does not let us (from disk), nothing is lost but the link. On the
       report page nothing is kept: what somebody looks up there is nobody's business. */
    function remember(query) {
      if (answer) { return; }
      var parts = [['q', query], ['t', filters.value('t')], ['k', filters.value('k')], ['c', filters.value('c')]]
        .filter(function (pair) { return pair[1]; })
        .map(function (pair) { return pair[0] + '=' + encodeURIComponent(pair[1]); });
      try { history.replaceState(null, '', parts.length ? '?' + parts.join('&') : location.pathname); } catch (refused) { /* from disk */ }
    }

    if (!answer) {
      var asked = new URLSearchParams(location.search);
      input.value = (asked.get('q') || '').slice(0, MAX_QUERY);
      ['t', 'k', 'c'].forEach(function (name) { filters.set(name, asked.get(name) || ''); });
    }
    show();
  }

  function start() {
    load();
    ['qd-search', 'qd-search-report'].forEach(function (id) {
      var box = document.getElementById(id);
      if (box) { mount(box); }
    });
  }
  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', start); } else { start(); }
})();
